# shellcheck shell=bash
# The serial pins of a Raspberry Pi, where a HAT's modem is: taken from Linux's console if the owner
# agrees, and given back when Pigeonbox is removed.

CONSOLES='(serial0|ttyAMA0|ttyS0)'  # not ttyAMA10, the debug plug of a Pi 5
GETTYS=(serial-getty@serial0.service serial-getty@ttyAMA0.service serial-getty@ttyS0.service)
MARK='# Pigeonbox: the serial pins are for a modem'

boot_folder() {
    local folder
    for folder in ${BOOT:-/boot/firmware /boot}; do
        if [ -f "$folder/cmdline.txt" ]; then
            printf '%s' "$folder"
            return
        fi
    done
    return 1
}

console_is_there() { grep -qE "(^| )console=$CONSOLES(,| |\$)" "$1/cmdline.txt"; }

uart_is_on() {
    # The last line counts; sections for other models than this one are not looked into.
    [ "$(sed -n 's/^ *enable_uart=\([01]\).*/\1/p' "$1/config.txt" 2>/dev/null | tail -n 1)" = 1 ]
}

# decide_serial: FREE_SERIAL becomes yes or no; asked only where there is something to free.
decide_serial() {
    local folder answer
    if [ -n "${FREE_SERIAL-}" ]; then
        return
    fi
    FREE_SERIAL=no
    folder=$(boot_folder) || return 0
    console_is_there "$folder" || return 0
    if dry || [ ! -t 0 ]; then
        say "The serial pins stay with Linux's console. For a modem HAT on them: --serial yes"
        return
    fi
    say "The serial pins of this board are used by Linux's console. A modem HAT needs them for"
    printf 'itself; USB sticks do not. Free them for a HAT? [y/N] ' >&2
    read -r answer || answer=
    case $answer in [yY]*) FREE_SERIAL=yes ;; esac
}

# put_boot TARGET: standard input becomes the file; the boot partition knows no owners.
put_boot() {
    if dry; then
        cat >/dev/null
        say "   would change: $1 (a copy of it is kept in $UNDO)"
        return
    fi
    cat >"$1.pigeonbox"
    sync -f "$1.pigeonbox"
    mv "$1.pigeonbox" "$1"
    sync -f "$1"
}

# keep FILE: as it was before we first changed it.
keep() {
    if [ -e "$1" ] && [ ! -e "$UNDO/$(basename "$1")" ]; then
        act install -d -m 0755 "$UNDO"
        act cp "$1" "$UNDO/"
    fi
}

free_serial() {
    local folder getty
    [ "$FREE_SERIAL" = yes ] || return 0
    if ! folder=$(boot_folder); then
        say "There is no cmdline.txt of a Raspberry Pi here, so there are no serial pins to free."
        return
    fi
    if console_is_there "$folder"; then
        tell "The serial pins: Linux's console leaves them"
        keep "$folder/cmdline.txt"
        sed -E "s/(^| )console=$CONSOLES(,[^ ]*)?( |\$)/ /g; s/(^| )console=$CONSOLES(,[^ ]*)?( |\$)/ /g;
            s/^ +//; s/ +\$//" "$folder/cmdline.txt" | put_boot "$folder/cmdline.txt"
        RESTART_NEEDED=yes
    fi
    if ! uart_is_on "$folder"; then
        tell "The serial pins: switched on"
        keep "$folder/config.txt"
        { cat "$folder/config.txt" 2>/dev/null || true; printf '\n[all]\n%s\nenable_uart=1\n' "$MARK"; } |
            put_boot "$folder/config.txt"
        RESTART_NEEDED=yes
    fi
    for getty in "${GETTYS[@]}"; do
        if systemctl --quiet is-enabled "$getty" 2>/dev/null || { booted && systemctl --quiet is-active "$getty"; }; then
            tell "The serial pins: no login prompt ($getty)"
            act install -d -m 0755 "$UNDO"
            dry || echo "$getty" >>"$UNDO/gettys"
            act systemctl --quiet disable "$getty" || true
            ! booted || act systemctl stop "$getty" || true
        fi
    done
    if [ -e "$ETC/config.toml" ] && ! grep -qE '^ *uart *= *true' "$ETC/config.toml"; then
        say "Now set 'uart = true' under [ports] in $ETC/config.toml, or list the port as [[modem]]."
    fi
}

# give_serial_back: what others have changed in the files since then stays.
give_serial_back() {
    local folder was now getty
    [ -d "$UNDO" ] || return 0
    if folder=$(boot_folder); then
        if [ -e "$UNDO/cmdline.txt" ] && ! console_is_there "$folder"; then
            tell "The serial pins go back to Linux's console"
            was=$(grep -oE "(^| )console=$CONSOLES(,[^ ]*)?" "$UNDO/cmdline.txt" | tr -d '\n')
            now=$(cat "$folder/cmdline.txt")
            printf '%s %s\n' "${was# }" "$now" | put_boot "$folder/cmdline.txt"
            RESTART_NEEDED=yes
        fi
        if grep -qxF "$MARK" "$folder/config.txt" 2>/dev/null; then
            # Our four lines: an empty one, [all], the mark, the setting.
            awk -v mark="$MARK" '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) {
                if (line[i] == "" && line[i+1] == "[all]" && line[i+2] == mark) { i += 3; continue }
                print line[i] } }' "$folder/config.txt" | put_boot "$folder/config.txt"
        fi
    fi
    if [ -e "$UNDO/gettys" ]; then
        sort -u "$UNDO/gettys" | while read -r getty; do
            act systemctl --quiet enable "$getty" || true
        done
    fi
    drop "$UNDO"
}
