# shellcheck shell=bash
# How the steps of install.sh speak and act. With DRY=yes they only say what they would do.

OPT=/opt/pigeonbox
ETC=/etc/pigeonbox
BOOT=${PIGEONBOX_BOOT:-}  # where the Pi's cmdline.txt is; "": look for it
UNDO=$ETC/undo  # what was changed outside of our own files, and how it was before
ACCOUNT=pigeonbox
UNIT=pigeonbox.service
SETTLE=pigeonbox-settle.service  # at the start of the machine, for an upgrade that was cut off
LOG=/var/log/pigeonbox-install.log
MENDING="Then run the same command again; what is done already is not done twice."
CHANGED=no  # whether any file of ours on this machine is different now

# tell WORDS: what happens now.
tell() { say "-- $*"; }

dry() { [ "${DRY-no}" = yes ]; }

# act COMMAND...: run it, or print it.
act() {
    if dry; then
        printf '   would run:%s\n' "$(printf ' %q' "$@")" >&2
    else
        "$@"
    fi
}

# quietly COMMAND...: what it prints goes to LOG, and is shown only when it fails.
quietly() {
    local began
    if dry; then
        act "$@"
        return
    fi
    began=$(stat -c %s "$LOG" 2>/dev/null || echo 0)
    if ! "$@" >>"$LOG" 2>&1; then
        tail -c +"$((began + 1))" "$LOG" | tail -n 15 >&2
        return 1
    fi
}

# put MODE OWNER TARGET: standard input becomes that file, as a whole or not at all.
put() {
    local mode=$1 owner=$2 target=$3 fresh
    if dry; then
        cat >/dev/null
        say "   would write: $target ($mode, $owner)"
        return
    fi
    fresh=$(mktemp /run/pigeonbox.XXXXXX)
    cat >"$fresh"
    if [ "$(stat -c %a "$target" 2>/dev/null)" != "${mode#0}" ] || ! cmp -s "$fresh" "$target"; then
        mkdir -p "$(dirname "$target")"
        install -m "$mode" -o "${owner%:*}" -g "${owner#*:}" "$fresh" "$target.pigeonbox"
        mv "$target.pigeonbox" "$target"
        CHANGED=yes
    fi
    rm -f "$fresh"
}

# drop PATH...: remove files of ours that are there.
drop() {
    local path
    for path; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            act rm -rf "$path"
            CHANGED=yes
        fi
    done
}

# point LINK TARGET: change a symbolic link in one go.
point() {
    if [ "$(readlink "$1" 2>/dev/null)" = "$2" ]; then
        return
    fi
    act ln -sfn "$2" "$1.new"
    act mv -T "$1.new" "$1"
}

booted() { [ -d /run/systemd/system ]; }

# Before a command: it runs with the rights of the service and none of ours.
AS_SERVICE=(env HOME=/nonexistent setpriv "--reuid=$ACCOUNT" "--regid=$ACCOUNT" --init-groups
    --inh-caps=-all --)

need_root() {
    dry || [ "$(id -u)" = 0 ] || fail "This changes the machine and needs root: \
sudo $0 ${*:-}  (to try Pigeonbox without installing it: $0 demo)"
}

one_at_a_time() {
    dry && return
    exec 9>/run/pigeonbox-install.lock
    flock -n 9 || fail "Another install.sh is at work on this machine; wait until it has ended."
}
