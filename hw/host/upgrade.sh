# shellcheck shell=bash
# Another version beside the running one, tried on a copy of the data; then the change, and the way
# back. Wherever this is cut off, the box has one version whose code and data belong together.

TRIAL=$OPT/trial  # holds the name of the release to go back to, while a change is not yet proven
UNPROVEN=         # set while this run has a change to undo

data_tool() { "${AS_SERVICE[@]}" /usr/bin/python3 -B - "$@" <hw/host/data.py; }

# update_failed WORDS: Health shows them until a version has come up.
update_failed() {
    # shellcheck disable=SC2016 # expanded by the shell inside
    printf '%s\n' "$1" | "${AS_SERVICE[@]}" sh -c 'umask 077; cat >"$1.part" && mv "$1.part" "$1"' \
        sh "$DATA/update-failed" || true
}

# page_is_well HOST PORT
page_is_well() {
    /usr/bin/python3 - "$1" "$2" 2>/dev/null <<'END'
import http.client, sys
host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(sys.argv[1], sys.argv[1])
asked = http.client.HTTPConnection(host, int(sys.argv[2]), timeout=10)
asked.request("GET", "/health", headers={"Host": "localhost"})
sys.exit(asked.getresponse().status != 200)
END
}

# patience: seconds that a version may take to come up; a large database takes long to migrate.
patience() {
    local megabytes
    megabytes=$(data_tool size "$DATA" 2>/dev/null) || megabytes=1
    printf '%s' "${PIGEONBOX_HEALTHY_WITHIN:-$((120 + 3 * megabytes))}"
}

# rehearse: the new version migrates a copy and serves its page, without touching a modem.
rehearse() {
    local copy=$DATA/.trial log port pid ends
    tell "Trying it on a copy of the data; the box works on meanwhile"
    room_for $(($(data_tool size "$DATA") * 2 + 50)) "$DATA" "the copy"
    data_tool copy "$DATA" "$copy" || fail "The data could not be copied, so nothing was changed; \
see the line above. $MENDING"
    port=$(/usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
    log=$(mktemp)
    ends=$(($(date +%s) + $(patience)))
    "${AS_SERVICE[@]}" "$RELEASE/venv/bin/pigeonbox" run --config "$ETC/config.toml" \
        --data "$copy" --trial --listen "127.0.0.1:$port" >"$log" 2>&1 9>&- &
    pid=$!
    until page_is_well 127.0.0.1 "$port"; do
        if ! kill -0 $pid 2>/dev/null || [ "$(date +%s)" -ge $ends ]; then
            kill -KILL $pid 2>/dev/null || true
            wait $pid 2>/dev/null || true
            tail -n 15 "$log" >&2
            rm -rf "$copy" "$log"
            update_failed "$WANT did not come up on a copy of the data, so $OLD goes on running."
            fail "The new version did not come up on a copy of the data (its last words are above), \
so nothing was changed: ${OLD} goes on running. Hand these lines to whoever makes Pigeonbox."
        fi
        sleep 0.3
    done
    kill -TERM $pid
    wait $pid || true
    rm -rf "$copy" "$log"
}

# change_over: stop, keep the data, switch, start, prove; or go back.
change_over() {
    if dry; then
        say "   would try $WANT on a copy of $DATA, stop the service, keep the data in"
        say "   $DATA/.before-upgrade, switch, and go back by itself unless it comes up healthy"
        point "$OPT/current" "releases/$WANT"
        place_files
        return
    fi
    rehearse
    tell "Changing from $OLD to $WANT"
    ! booted || systemctl stop "$UNIT"
    room_for $(($(data_tool size "$DATA") + 50)) "$DATA" "the copy to go back to"
    trap 'undo_unproven' EXIT
    trap 'exit 130' INT TERM HUP
    UNPROVEN=yes
    data_tool copy "$DATA" "$DATA/.before-upgrade" || fail "The data could not be copied. $MENDING"
    printf '%s\n' "$OLD" >"$TRIAL.new"
    mv "$TRIAL.new" "$TRIAL"
    sync -f "$OPT"
    point "$OPT/current" "releases/$WANT"
    place_files
    if booted; then
        start_and_prove || fail "Pigeonbox $WANT did not come up healthy: $WHY."
    fi
    UNPROVEN=
    trap - EXIT INT TERM HUP
    point "$OPT/previous" "releases/$OLD"
    proven
}

# start_and_prove: WHY tells what is wrong when it fails.
start_and_prove() {
    local ends within first
    within=$(patience)
    ends=$(($(date +%s) + within))
    systemctl enable --quiet "$UNIT"
    if ! timeout "$within" systemctl restart "$UNIT"; then
        WHY="the service does not start; journalctl -u $UNIT tells why"
        return 1
    fi
    until page_is_well "$HOST" "$PORT"; do
        if [ "$(date +%s)" -ge $ends ]; then
            WHY="the page is not well within $within s; journalctl -u $UNIT tells why"
            return 1
        fi
        sleep 0.5
    done
    first=$(systemctl show --property=MainPID --value "$UNIT")
    sleep "${PIGEONBOX_PROVE:-10}"
    if [ "$(systemctl show --property=MainPID --value "$UNIT")" != "$first" ] ||
        ! page_is_well "$HOST" "$PORT"; then
        WHY="it ended soon after its start; journalctl -u $UNIT tells why"
        return 1
    fi
}

# proven: the new version stays; what was kept for going back may go.
proven() {
    rm -f "$TRIAL" "$DATA/update-failed"
    sync -f "$OPT"  # or the copy might be gone and the mark still there
    rm -rf "$DATA/.before-upgrade" "$DATA/.trial"
    prune_releases
}

# prune_releases: what runs, what ran before, and what is wanted now are kept.
prune_releases() {
    local release
    for release in "$OPT"/releases/*/; do
        release=$(basename "$release")
        if [ "$release" != "$(current_release)" ] && [ "$release" != "$WANT" ] &&
            [ "releases/$release" != "$(readlink "$OPT/previous" 2>/dev/null)" ]; then
            act rm -rf "$OPT/releases/$release"
        fi
    done
}

undo_unproven() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$UNPROVEN" ]; then
        UNPROVEN=
        go_back
    fi
    exit $code
}

# go_back: to the release named in TRIAL, and to its data if the newer one changed their shape.
go_back() {
    local old aside failed
    ! booted || systemctl stop "$UNIT" || true
    if [ -e "$TRIAL" ]; then
        old=$(cat "$TRIAL") failed=$(current_release)
        say "Going back to $old"
        if [ -d "$DATA/.before-upgrade" ] && data_tool migrated "$DATA" "$DATA/.before-upgrade"; then
            aside=$(data_tool restore "$DATA/.before-upgrade" "$DATA")
            say "Its data are back as they were; what the newer version made of them: ${aside:-(not readable)}"
        else
            say "The data have not changed their shape, so they stay, with all that came in since."
        fi
        point "$OPT/current" "releases/$old"
        RELEASE=$OPT/releases/$old
        # Its own installer knows which files it needs around it.
        "$RELEASE/src/install.sh" place-files || say "Some files around it could not be put back."
        update_failed "$failed did not come up (${WHY:-it was cut off}), so $old runs again."
        sync -f "$OPT"
        rm -f "$TRIAL"
        sync -f "$OPT"
    fi
    rm -rf "$DATA/.before-upgrade" "$DATA/.trial"
    if booted && ! start_and_prove; then
        say "The version before does not come up either: $WHY"
    fi
}

# mend_cut_off: an earlier run was ended between the change and its proof, by a power cut perhaps.
mend_cut_off() {
    if [ ! -e "$TRIAL" ]; then
        return
    fi
    tell "An earlier upgrade was cut off"
    if dry; then
        say "   would keep it if the box is well, and go back to $(cat "$TRIAL") if not"
        return
    fi
    RELEASE=$(readlink -f "$OPT/current")
    read_config
    if [ "$(current_release)" = "$(cat "$TRIAL")" ]; then
        say "   before anything had changed."
        rm -f "$TRIAL"
        sync -f "$OPT"
        rm -rf "${DATA:?}/.before-upgrade" "$DATA/.trial"
        return
    fi
    if booted && { { systemctl --quiet is-active "$UNIT" && page_is_well "$HOST" "$PORT"; } ||
        start_and_prove; }; then
        say "   and came up healthy all the same: it stays."
        point "$OPT/previous" "releases/$(cat "$TRIAL")"
        proven
    else
        go_back
    fi
}
