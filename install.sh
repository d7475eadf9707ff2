#!/usr/bin/env bash
# Installs Pigeonbox on this machine, or sets it up in this folder to try it.
#
# On the machine, as root (Raspberry Pi OS, Debian 12 or 13):
#   sudo ./install.sh              install, or bring what is there to this version
#   sudo ./install.sh --upgrade    the same, for a box that has Pigeonbox: data are kept, and a
#                                  version that does not come up healthy is taken back by itself
#   sudo ./install.sh --uninstall  remove it and keep the data; --purge-data deletes them too
#   sudo ./install.sh --verify     tell whether code and libraries are what was installed
#        --serial yes|no           free the serial pins of a Raspberry Pi for a modem HAT
#        --dry-run                 print every step and change nothing
#
# In this folder, as anybody:
#   ./install.sh demo              set up, then run the box on two simulated modems
#   ./install.sh test [ARGS]       set up, then run every check and test (ARGS go to pytest)
#   ./install.sh test-appliance    install, upgrade and remove it on real Debian systems (as root)
#                --arch arm64      install and run it on another processor, emulated (or armhf)
#   ./install.sh bench [NAME]      set up, then measure; prints JSON lines
#   ./install.sh screenshots       set up, then take the pictures that README shows
#   ./install.sh lock [--upgrade]  lock the versions of all libraries anew (hw/host/locks)
#
# A second run is quick. Whatever is cut off is mended by running the same command again.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

VENV=.venv
PY=$VENV/bin/python

say() { printf '%s\n' "$*" >&2; }
fail() { say "install.sh: $1"; exit "${2:-1}"; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# Installs Debian packages as root; else names them and returns 1.
packages() {
    if ! may_install; then
        return 1
    fi
    say "Installing $*"
    if [ ! -e /var/cache/apt/pkgcache.bin ] || [ -z "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ]; then
        apt-get update -qq >&2
    fi
    # Nothing that comes along may start a service on this machine (smstools would).
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
        made=yes
    fi
    local done_=0
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
        { apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$@" >&2; } || done_=1
    [ -z "$made" ] || rm -f $policy
    return $done_
}

python_fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && python_fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# shellcheck source=hw/host/fetch.sh
. hw/host/fetch.sh

# lock_stamp NAME: tells whether an environment was made from what is here now.
lock_stamp() { printf '%s %s' "$1" "$(cat pyproject.toml "$LOCKS/$1.txt" | sha256sum | cut -d' ' -f1)"; }

# set_up NAME: a private environment that holds what the lock of that name lists, checked.
set_up() {
    local python has lock=$LOCKS/$1.txt stamp=$VENV/.pigeonbox
    has=$(cat $stamp 2>/dev/null || true)
    if [ -x $PY ] && { [ "$has" = "$(lock_stamp "$1")" ] || [ "$1 $has" = "run $(lock_stamp test)" ]; }; then
        return
    fi
    if ! $PY -m pip --version >/dev/null 2>&1; then  # none yet, or one that was cut off half-made
        rm -rf $VENV
        if ! python=$(find_python); then
            packages python3 python3-venv || fail "Python 3.11 or newer with its venv module is \
needed. As root: apt-get install python3 python3-venv"
            python=$(find_python) || fail "This system's Python is older than 3.11; Debian 12 or \
newer has what is needed."
        fi
        say "Making a private Python environment in $VENV"
        "$python" -m venv $VENV || fail "The environment could not be made."
    fi
    say "Fetching what $lock names"
    { fetch_locked $PY "$lock" --quiet && build_with $PY --quiet --editable .; } ||
        fail "Fetching failed. This first step needs the internet; later ones do not."
    lock_stamp "$1" >$stamp
}

# The browser and the other programs that tests talk to.
test_programs() {
    local missing=()
    command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
    command -v gammu >/dev/null || missing+=(gammu)
    [ -x /usr/sbin/smsd ] || missing+=(smstools)
    local fonts=/usr/share/fonts/truetype/noto
    [ -e $fonts/NotoColorEmoji.ttf ] || missing+=(fonts-noto-color-emoji)
    [ -e $fonts/NotoSans-Regular.ttf ] || missing+=(fonts-noto-core)
    [ ${#missing[@]} = 0 ] || packages "${missing[@]}" ||
        say "NOT INSTALLED: ${missing[*]}. The tests that need them are skipped. \
As root: apt-get install ${missing[*]}"
}

# What makes Debian systems to install on, and starts them.
appliance_programs() {
    local missing=()
    [ -x /usr/sbin/debootstrap ] || missing+=(debootstrap)
    command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
    [ -z "${PIGEONBOX_ARCH-}" ] || command -v qemu-aarch64-static >/dev/null ||
        missing+=(qemu-user-static)
    [ ${#missing[@]} = 0 ] || packages "${missing[@]}" ||
        say "NOT INSTALLED: ${missing[*]}. As root: apt-get install ${missing[*]}"
}

# room_in_memory: a folder in memory for the tests' files, when there is room for it. Their
# databases are synced to disk thousands of times, which proves nothing here and costs minutes.
room_in_memory() {
    local folder
    [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null || return 0
    folder=$(mktemp -d /dev/shm/pb.XXXX) || return 0
    printf '#!/bin/sh\n' >"$folder/runs" && chmod +x "$folder/runs"
    if "$folder/runs" 2>/dev/null; then echo "$folder"; else rm -r "$folder"; fi
}

run_tests() {
    local checks=0 memory
    memory=$(room_in_memory)
    # shellcheck disable=SC2064  # which folder is known now
    [ -z "$memory" ] || trap "rm -rf '$memory'" EXIT
    say "== ruff";        $VENV/bin/ruff check . || checks=1
                          $VENV/bin/ruff format --check --quiet . || checks=1
    say "== mypy";        $VENV/bin/mypy || checks=1
    say "== imports";     $VENV/bin/lint-imports --no-logo 2>&1 | tail -n 12
    [ "${PIPESTATUS[0]}" = 0 ] || checks=1
    say "== tests";       TMPDIR=${memory:-${TMPDIR:-/tmp}} $PY -m pytest -n "$(nproc)" --dist worksteal \
        ${memory:+--basetemp="$memory/t"} "$@" || checks=1
    [ $checks = 0 ] || fail "Something above is not as it should be."
}

case "${1-}" in
demo)
    shift
    set_up run
    exec $VENV/bin/pigeonbox run --simulate 2 --data .demo --announce "$@"
    ;;
test)
    shift
    set_up test
    test_programs
    run_tests "$@"
    ;;
bench)
    shift
    set_up run
    exec $PY -m tests.bench "$@"
    ;;
screenshots)
    set_up test
    test_programs
    exec $PY -m tests.e2e.screenshots
    ;;
lock)
    shift
    make_locks "$@"
    ;;
test-appliance)
    shift
    set_up test
    if [ "${1-}" = --arch ]; then
        export PIGEONBOX_ARCH=${2-}
        shift $(($# > 1 ? 2 : 1))
        set -- tests/install/test_emulated.py "$@"
    else
        set -- tests/install/test_appliance.py tests/install/test_upgrade.py "$@"
    fi
    appliance_programs
    PIGEONBOX_APPLIANCE=1 exec $PY -m pytest -n 0 -p no:randomly -m appliance "$@"
    ;;
-h | --help | help)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    ;;
*)
    # shellcheck source=hw/host/main.sh
    . hw/host/main.sh
    host_command "$@"
    ;;
esac
