# shellcheck shell=bash
# Packages, account, code, config and the files around them. Every step may be run again.

WANTED=(python3 python3-venv ca-certificates avahi-daemon usb-modeswitch uhubctl)
OPTIONAL=(python3-lgpio)  # the pins of the board
SERVICE_FILES=(
    "/etc/systemd/system/$UNIT"
    "/etc/systemd/system/$SETTLE"
    "/etc/systemd/system/$UNIT.d/10-back-off.conf"
    "/etc/systemd/system/$UNIT.d/20-data.conf"
    /etc/udev/rules.d/60-pigeonbox.rules
    /etc/avahi/services/pigeonbox.service
    /etc/polkit-1/rules.d/50-pigeonbox.rules
    /usr/local/bin/pigeonbox
)

check_system() {
    local arch
    command -v apt-get >/dev/null || fail "This is no Debian: install.sh knows Raspberry Pi OS and \
Debian 12 and 13. On another system: ./install.sh demo"
    arch=$(dpkg --print-architecture)
    case $arch in
    amd64 | arm64 | armhf) ;;
    *) say "Nobody has tried Pigeonbox on $arch yet; going on." ;;
    esac
    command -v systemctl >/dev/null || fail "systemd is needed to run the service, and is not here. \
As root: apt-get install systemd-sysv"
}

has_package() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# packages_for_service: what is missing of WANTED must come; of OPTIONAL, what Debian has here.
packages_for_service() {
    local missing=() name
    for name in "${WANTED[@]}"; do
        has_package "$name" || missing+=("$name")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        quietly env DEBIAN_FRONTEND=noninteractive dpkg --configure -a ||
            fail "The package system was cut off earlier. As root: dpkg --configure -a. $MENDING"
        quietly apt-get update || fail "The list of packages could not be fetched: the box needs \
the internet for this once. Check its network and its clock (date). $MENDING"
    fi
    for name in "${OPTIONAL[@]}"; do
        has_package "$name" || ! apt-cache show "$name" >/dev/null 2>&1 || missing+=("$name")
    done
    if [ ${#missing[@]} = 0 ]; then
        return
    fi
    tell "Packages: ${missing[*]}"
    for name in "${missing[@]}"; do
        quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            -o Dpkg::Use-Pty=0 "$name" || fail "The package $name could not be installed: \
the box needs the internet for this once. Check its network and its clock (date); if both are well, \
apt-get install $name as root says why. $MENDING"
    done
}

account() {
    local group have
    if ! getent passwd "$ACCOUNT" >/dev/null; then
        tell "The account $ACCOUNT"
        getent group "$ACCOUNT" >/dev/null || act groupadd --system "$ACCOUNT"
        act useradd --system --gid "$ACCOUNT" --home-dir /var/lib/pigeonbox --no-create-home \
            --shell /usr/sbin/nologin --comment "Pigeonbox" "$ACCOUNT"
    fi
    have=" $(id -nG "$ACCOUNT" 2>/dev/null || true) "
    for group in dialout gpio video; do  # video: the firmware of a Pi, which knows its voltage
        [ $group != video ] || [ -e /dev/vcio ] || continue
        if getent group $group >/dev/null && [[ $have != *" $group "* ]]; then
            act usermod -aG $group "$ACCOUNT"
        fi
    done
}

# release_name: of the code in this folder, the same for the same code and Python.
release_name() {
    local sum version
    sum=$(
        { find gateway webui hw install.sh pyproject.toml -type f ! -name '*.pyc' -print0 | sort -z |
            xargs -0 sha256sum; "${1:-/usr/bin/python3}" -V; } | sha256sum | cut -c1-10
    )
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
    printf '%s-%s' "$version" "$sum"
}

current_release() { basename "$(readlink "$OPT/current" 2>/dev/null || true)"; }

release_works() {
    [ -e "$1/complete" ] && "$1/venv/bin/pigeonbox" --version >/dev/null 2>&1
}

# build_release NAME: code and libraries in a folder of their own, beside what runs now.
build_release() {
    local folder=$OPT/releases/$1 python
    if release_works "$folder"; then
        return
    fi
    tell "Pigeonbox $1 in $folder"
    if dry; then
        act python3 -m venv "$folder/venv"
        act "$folder/venv/bin/pip" install --require-hashes -r "$LOCKS/run.txt"
        act "$folder/venv/bin/pip" install --no-deps "$folder/src"
        return
    fi
    rm -rf "$folder"
    mkdir -p "$folder/src"
    room_for 200 "$OPT" "the code"
    cp -r gateway webui hw install.sh pyproject.toml README.md "$folder/src/"
    find "$folder/src" -name __pycache__ -prune -exec rm -rf {} +
    chmod -R u=rwX,go=rX "$folder/src"
    quietly /usr/bin/python3 -m venv "$folder/venv" ||
        fail "The Python environment could not be made. As root: apt-get install python3-venv. $MENDING"
    python=$folder/venv/bin/python
    if ! quietly fetch_locked "$python" "$LOCKS/run.txt" --report "$folder/fetched.json"; then
        rm -rf "$folder"
        fail "The libraries that Pigeonbox needs could not be fetched as $LOCKS/run.txt lists \
them: the box needs the internet for this once. Check its network and its clock (date). $MENDING"
    fi
    pins_library "$python" "$folder"
    # Built from a copy: the build leaves files behind.
    cp -r "$folder/src" "$folder/build"
    quietly build_with "$python" "$folder/build" ||
        fail "Pigeonbox could not be built; the lines above say why."
    rm -rf "$folder/build"
    "$python" -I hw/host/parts.py list "$1" "$folder"/fetched*.json >"$folder/parts.cdx.json"
    rm -f "$folder"/fetched*.json
    "$folder/venv/bin/pigeonbox" --version >/dev/null ||
        fail "Pigeonbox was installed in $folder and does not start; see the lines above."
    sync -f "$folder"
    touch "$folder/complete"
}

# verify: whether code and libraries of the version that runs are what was installed.
verify() {
    local name folder good=yes
    name=$(current_release)
    folder=$OPT/releases/$name
    [ -n "$name" ] || fail "Pigeonbox is not installed on this machine."
    if [ "$(cd "$folder/src" && release_name)" != "$name" ]; then
        say "The code in $folder/src is not that of $name any more."
        good=no
    fi
    "$folder/venv/bin/python" -I "$folder/src/hw/host/parts.py" check "$folder" >&2 || good=no
    [ $good = yes ] || fail "What is named above has been changed since it was installed. To have \
it anew: sudo rm $folder/complete, then sudo ./install.sh in the folder that you installed from."
    say "Code and libraries of $name are as they were installed; $folder/parts.cdx.json lists them."
}

# pins_library PYTHON FOLDER: Debian's where it has one; on PyPI it is not for every Python.
pins_library() {
    local from=/usr/lib/python3/dist-packages to file
    to=$("$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    if [ -e $from/lgpio.py ]; then
        for file in $from/lgpio.py $from/_lgpio*.so; do
            ln -sf "$file" "$to/"
        done
    elif ! fetch_locked "$1" "$LOCKS/pins.txt" --quiet --report "$2/fetched-pins.json" >>"$LOG" 2>&1; then
        say "   The library lgpio is not to be had here: LEDs and keys on the board's pins stay unused."
    fi
}

# room_for MEGABYTES FOLDER WHAT
room_for() {
    local free
    free=$(df -Pm "$2" 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -ge "$1" ] || fail "Only ${free:-0} MB are free in $2, and $3 needs $1 MB: make \
room. $MENDING"
}

# write_config: once; what the owner made of it stays.
write_config() {
    local port=80 led=none uart=false
    act install -d -m 0755 "$ETC"
    if [ -e "$ETC/config.toml" ]; then
        return
    fi
    tell "The config $ETC/config.toml"
    if ! dry && ! port_is_free 80; then
        port=8080
        say "   Another program uses port 80, so the page is at port 8080."
    fi
    [ ! -d /sys/class/leds/ACT ] && [ ! -d /sys/class/leds/led0 ] || led=act
    [ "${FREE_SERIAL-}" != yes ] || uart=true
    sed -e "s/@PORT@/$port/; s/@LED@/$led/; s/@UART@/$uart/" hw/host/config.toml |
        put 0640 "root:$ACCOUNT" "$ETC/config.toml"
}

port_is_free() {
    /usr/bin/python3 -c 'import socket, sys; socket.create_server(("", int(sys.argv[1])))' "$1" \
        2>/dev/null
}

# setting NAME: "data", "host" or "port", as the release at hand reads the config.
setting() {
    "$RELEASE/venv/bin/python" - "$ETC/config.toml" "$1" <<'END'
import pathlib, sys
from gateway import config
try:
    found = config.load(pathlib.Path(sys.argv[1]))
except config.ConfigError as e:
    sys.exit("\n".join(f"{e.path}: {mistake}" for mistake in e.mistakes))
print({"data": found.data, "host": found.http.host, "port": found.http.port}[sys.argv[2]])
END
}

# read_config: DATA, HOST and PORT.
read_config() {
    if dry && ! release_works "$RELEASE"; then
        DATA=/var/lib/pigeonbox HOST=0.0.0.0 PORT=80
        return
    fi
    DATA=$(setting data) || fail "The lines above of $ETC/config.toml must be mended first. $MENDING"
    HOST=$(setting host)
    PORT=$(setting port)
}

# data_folder: there, and the service's alone, with all that is in it (brought by hand from another
# box, say).
data_folder() {
    if [ -d "$DATA" ] && [ ! -e "$DATA/pigeonbox.db" ] && [ ! -d "$DATA/backups" ] &&
        [ -n "$(find "$DATA" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)" ] &&
        [ "$(stat -c %U "$DATA")" != "$ACCOUNT" ]; then
        fail "The data folder $DATA holds files that are not Pigeonbox's. Name an empty or a new \
folder as 'data' in $ETC/config.toml. $MENDING"
    fi
    act install -d -m 0700 -o "$ACCOUNT" -g "$ACCOUNT" "$DATA"
    [ -d "$DATA" ] || return 0
    if dry; then
        say "   would close what others may read in $DATA"
        return
    fi
    rm -rf "${DATA:?}/.before-upgrade" "$DATA/.trial"  # of a run that was cut off at its very end
    # No links are followed, and modes change with the rights of the service: nobody who writes
    # there gets root to change a file elsewhere.
    find "$DATA" -xdev \( -type d -o -type f -links 1 \) ! -name lost+found ! -user "$ACCOUNT" \
        -execdir chown -h "$ACCOUNT:$ACCOUNT" {} +
    "${AS_SERVICE[@]}" find "$DATA" -xdev ! -type l ! -name lost+found -perm /077 \
        -exec chmod go= {} +
}

# place_files: everything around the code, from the folder of the release that is to run.
place_files() {
    local here=$RELEASE/src/hw/host units=/etc/systemd/system udev=/etc/udev/rules.d
    dry && ! [ -d "$here" ] && here=hw/host
    CHANGED=no
    put 0644 root:root "$units/$UNIT" <"$here/pigeonbox.service"
    put 0644 root:root "$units/$SETTLE" <"$here/settle.service"
    if [ "$(systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 }')" -ge 254 ]; then
        put 0644 root:root "$units/$UNIT.d/10-back-off.conf" <"$here/back-off.conf"
    else
        drop "$units/$UNIT.d/10-back-off.conf"
    fi
    if [ "$DATA" != /var/lib/pigeonbox ]; then
        printf '[Unit]\nRequiresMountsFor=%s\n[Service]\nReadWritePaths=%s\n' "$DATA" "$DATA" |
            put 0644 root:root "$units/$UNIT.d/20-data.conf"
    else
        drop "$units/$UNIT.d/20-data.conf"
    fi
    if dry; then
        put 0644 root:root $udev/60-pigeonbox.rules </dev/null
    else
        (cd "$RELEASE/src" && "$RELEASE/venv/bin/python" -B -m hw.host.udev) |
            put 0644 root:root $udev/60-pigeonbox.rules
    fi
    sed "s/@PORT@/$PORT/" "$here/avahi.xml" | put 0644 root:root /etc/avahi/services/pigeonbox.service
    put 0644 root:root /etc/polkit-1/rules.d/50-pigeonbox.rules <"$here/polkit.rules"
    put 0755 root:root /usr/local/bin/pigeonbox <"$here/command.sh"
    if [ $CHANGED = yes ]; then
        reload_machine
        act systemctl enable --quiet "$SETTLE"
        dry || sync -f "$units"
    fi
}

# reload_machine: systemd and udev read their files anew, and what is plugged in is looked at again.
reload_machine() {
    if ! booted; then
        return
    fi
    act systemctl daemon-reload
    if [ -S /run/udev/control ]; then
        act udevadm control --reload
        act udevadm trigger --action=add --subsystem-match=usb --subsystem-match=tty \
            --subsystem-match=leds --subsystem-match=gpio || true
    fi
}
