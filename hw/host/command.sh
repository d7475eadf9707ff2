#!/bin/sh
# The command `pigeonbox`, put here by Pigeonbox's install.sh. For root it runs as the service's own
# user, so that no file of the service ends up belonging to root.
program=/opt/pigeonbox/current/venv/bin/pigeonbox
if [ "$(id -u)" = 0 ]; then
    HOME=/var/lib/pigeonbox exec setpriv --reuid=pigeonbox --regid=pigeonbox --init-groups \
        -- "$program" "$@"
fi
case " $* " in
*" --config"* | *" --help "* | *" -h "* | *" --version "* | " simulate "* | " check "* | "  ") ;;
*)
    if [ ! -r /etc/pigeonbox/config.toml ]; then
        echo "pigeonbox: this needs the rights of the service: sudo pigeonbox $*" >&2
        exit 1
    fi
    ;;
esac
exec "$program" "$@"
