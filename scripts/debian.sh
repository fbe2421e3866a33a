# Read by the other scripts with `.`; installs Debian packages, as root or through sudo.

# as_root COMMAND...: runs it as root; fails at once where that would need a password nobody can type.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        return 1
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# apt_install PACKAGE...: fails quietly where there is no apt-get; the caller says what is missing.
apt_install() {
    command -v apt-get >/dev/null || return 1
    echo "Installing with apt-get: $*" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update -qq >/dev/null || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qq -y \
        --no-install-recommends "$@" >/dev/null
}

# stop_with MESSAGE: one line, exit 1.
stop_with() {
    echo "$*" >&2
    exit 1
}
