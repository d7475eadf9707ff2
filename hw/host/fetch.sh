# shellcheck shell=bash
# Libraries: from PyPI alone, in the versions and with the checksums of hw/host/locks.

LOCKS=hw/host/locks

# fetch PYTHON WORDS...: pip install, deaf to pip's configuration on this machine: another index, or
# a constraint, would decide what runs here. How PyPI is reached may be told: proxy, certificate.
fetch() (
    local python=$1 name
    shift
    for name in "${!PIP_@}"; do
        case $name in
        PIP_CERT | PIP_PROXY | PIP_CACHE_DIR | PIP_DEFAULT_TIMEOUT | PIP_RETRIES) ;;
        *) unset "$name" ;;
        esac
    done
    PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 \
        exec "$python" -I -m pip install "$@"
)

# fetch_locked PYTHON LOCK WORDS...: what that lock names, checked, and nothing else.
fetch_locked() {
    local python=$1 lock=$2
    shift 2
    fetch "$python" --require-hashes --only-binary :all: -r "$lock" "$@"
}

# build_with PYTHON WORDS...: this project, without fetching anything more for it.
build_with() {
    local python=$1
    shift
    fetch "$python" --no-index --no-deps --no-build-isolation "$@"
}

# make_locks: anew from pyproject.toml, newest versions first; then every file is tried on every
# kind of machine that they speak of.
make_locks() {
    local extra python processor uv=$VENV/bin/uv
    set_up test
    fetch_locked $PY $LOCKS/locks.txt --quiet
    unset "${!UV_@}"  # what else this machine tells uv
    for extra in run pins locks test; do
        lock_one $extra "$uv" "$@"
    done
    for python in 3.11 3.12 3.13; do  # Debian 12 and 13, and what is between
        for processor in x86_64 aarch64 armv7l; do
            try_lock run $processor $python
            try_lock locks $processor $python
            [ $python = 3.13 ] || try_lock pins $processor $python  # Debian 13 has its own
        done
        try_lock test x86_64 $python
    done
    say "The locks are made and can be had on every kind of machine. Look at git diff $LOCKS."
}

# lock_one EXTRA UV WORDS...: one file. Setuptools builds the project, so it is in all of them.
lock_one() {
    local extra=$1 uv=$2
    shift 2
    local words=(pyproject.toml -)
    [ "$extra" = run ] || words+=(--extra "$extra")
    sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml |
        "$uv" pip compile --quiet --no-config --universal --generate-hashes --no-annotate \
            --python-version 3.11 --no-build --custom-compile-command "./install.sh lock" \
            "${words[@]}" "$@" --output-file "$LOCKS/$extra.txt"
}

try_lock() {
    local lock=$LOCKS/$1.txt processor=$2 python=$3
    local words=(--platform "linux_$processor") glibc
    for glibc in 2_5 2_17 2_24 2_26 2_27 2_28 2_31 2_34 2_35 2_36; do
        words+=(--platform "manylinux_${glibc}_$processor")
    done
    for glibc in 1 2010 2014; do words+=(--platform "manylinux${glibc}_$processor"); done
    say "Trying $lock on $processor with Python $python"
    fetch_locked $PY "$lock" --quiet --dry-run --no-deps --ignore-installed --target "$VENV/none" \
        --implementation cp --python-version "$python" "${words[@]}" ||
        fail "$lock cannot be had there; the line above says what is missing."
}
