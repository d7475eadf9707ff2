# shellcheck shell=bash
# install, --upgrade, --uninstall: the order of the steps, and the last words.

# shellcheck source=hw/host/steps.sh
. hw/host/steps.sh
# shellcheck source=hw/host/machine.sh
. hw/host/machine.sh
# shellcheck source=hw/host/serial.sh
. hw/host/serial.sh
# shellcheck source=hw/host/upgrade.sh
. hw/host/upgrade.sh

# host_command WORDS: everything that is not about this folder alone.
host_command() {
    local what=install purge=no
    DRY=no FREE_SERIAL='' RESTART_NEEDED=no WANT='' WHY=''
    while [ $# -gt 0 ]; do
        case $1 in
        install | --install) what=install ;;
        upgrade | --upgrade) what=upgrade ;;
        uninstall | --uninstall) what=uninstall ;;
        place-files) what=place ;;
        verify | --verify) what=verify ;;
        settle) what=settle ;;  # what pigeonbox-settle.service asks for
        --purge-data) purge=yes ;;
        --dry-run) DRY=yes ;;
        --serial=*) FREE_SERIAL=${1#*=} ;;
        --serial) FREE_SERIAL=${2:-nothing} && shift $(($# > 1)) ;;
        *) fail "$0 does not know '$1'. $0 --help lists what it knows." 2 ;;
        esac
        shift
    done
    case $FREE_SERIAL in '' | yes | no) ;; *) fail "--serial takes yes or no." 2 ;; esac
    [ $purge = no ] || [ $what = uninstall ] ||
        fail "--purge-data deletes every message and goes with --uninstall only." 2
    set -E
    trap 'say "install.sh: stopped by an error in line $LINENO of ${BASH_SOURCE[0]}. $MENDING"' ERR
    umask 022
    need_root "$what"
    case $what in
    verify) verify ;;
    place) RELEASE=$(readlink -f .. ) && read_config && place_files ;;
    settle) one_at_a_time && mend_cut_off ;;
    uninstall) one_at_a_time && uninstall $purge ;;
    *) one_at_a_time && install_it $what ;;
    esac
}

install_it() {
    check_system
    OLD=$(current_release)
    if [ "$1" = upgrade ] && [ -z "$OLD" ]; then
        fail "Pigeonbox is not installed on this machine yet: sudo $0"
    fi
    mend_cut_off
    OLD=$(current_release)
    decide_serial
    packages_for_service
    account
    WANT=$(release_name)
    RELEASE=$OPT/releases/$WANT
    [ ! -d "$OPT/releases" ] || prune_releases
    build_release "$WANT"
    write_config
    read_config
    data_folder
    if [ -n "$OLD" ] && [ "$OLD" != "$WANT" ]; then
        change_over
    else
        tell "The service"
        point "$OPT/current" "releases/$WANT"
        place_files
        start_first
    fi
    free_serial
    last_words
}

# start_first: this version runs already, or none does.
start_first() {
    act systemctl enable --quiet "$UNIT"
    if ! booted; then
        say "   systemd does not run here, so the service starts with the next start of the machine."
    elif dry; then
        act systemctl restart "$UNIT"
    elif [ "$CHANGED" = yes ] || ! systemctl --quiet is-active "$UNIT"; then
        start_and_prove || fail "Pigeonbox is installed but not well: $WHY. $MENDING"
    fi
    dry || rm -f "$DATA/update-failed"
}

last_words() {
    if dry; then
        say "Nothing was changed."
        return
    fi
    say ""
    say "Pigeonbox $WANT is installed."
    /usr/local/bin/pigeonbox address >&2 || true
    say "  config    $ETC/config.toml"
    say "  data      $DATA"
    say "  look      pigeonbox doctor; systemctl status pigeonbox; journalctl -u pigeonbox"
    say "  remove    sudo $OPT/current/src/install.sh --uninstall   (keeps the data)"
    [ $RESTART_NEEDED = no ] || say "Restart the machine once, for the serial pins: sudo reboot"
}

uninstall() {
    local purge=$1 data=/var/lib/pigeonbox
    RELEASE=$(readlink -f "$OPT/current" 2>/dev/null || true)
    # The data may be elsewhere; a config that cannot be read is no reason to stay.
    if [ -n "$RELEASE" ] && [ -d "$RELEASE" ]; then
        data=$(setting data 2>/dev/null) || data=/var/lib/pigeonbox
    fi
    cd /  # this very folder may be about to go
    tell "The service"
    if [ -e "/etc/systemd/system/$UNIT" ]; then
        act systemctl --quiet disable "$UNIT" "$SETTLE" || true
        ! booted || act systemctl stop "$UNIT" || fail "The service does not stop. Restart the machine. $MENDING"
    fi
    give_serial_back
    tell "Its files"
    drop "${SERVICE_FILES[@]}"
    [ ! -d "/etc/systemd/system/$UNIT.d" ] || act rmdir --ignore-fail-on-non-empty "/etc/systemd/system/$UNIT.d"
    reload_machine
    drop "$OPT"
    if [ "$purge" = yes ]; then
        tell "Data, config and account"
        drop "$data" /var/lib/pigeonbox "$ETC"
        ! getent passwd "$ACCOUNT" >/dev/null || act userdel "$ACCOUNT"
        ! getent group "$ACCOUNT" >/dev/null || act groupdel "$ACCOUNT"
    else
        say "Kept: $data (messages), $ETC (config), and the account $ACCOUNT that owns them."
        say "To delete them too: --uninstall --purge-data"
    fi
    say "Kept: the Debian packages, which other programs may use."
    [ $RESTART_NEEDED = no ] || say "Restart the machine once, for the serial pins: sudo reboot"
    if dry; then say "Nothing was changed."; fi
}
