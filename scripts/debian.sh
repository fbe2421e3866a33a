# Read by the other scripts with `.`, after progress.sh; installs Debian packages, as root or through sudo.

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

# How far apt-get has come, by the lines that it writes for programs: `pmstatus:PACKAGE:PERCENT:WHAT IT DOES`.
apt_so_far() {
    local kind percent
    IFS=: read -r kind _ percent _ < <(grep -E '^(dl|pm)status:' "$1" | tail -n 1) || true
    case ${kind:-} in
        pmstatus) echo "installed ${percent%.*}%" ;;
        dlstatus) echo "fetched ${percent%.*}%" ;;
        *) echo "asking what there is" ;;
    esac
}

# apt_install PACKAGE...: fails quietly where there is no apt-get; the caller says what is missing.
apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root true || return 1 # asks for the password, if one is needed, before anything is written over
    with_progress "Reading the lists of apt-get" apt_so_far as_root apt-get -o APT::Status-Fd=1 \
        -o DPkg::Lock::Timeout=300 update -qq || return 1
    with_progress "Installing with apt-get: $*" apt_so_far as_root env DEBIAN_FRONTEND=noninteractive apt-get \
        -o APT::Status-Fd=1 -o DPkg::Lock::Timeout=300 install -qq -y --no-install-recommends "$@"
}

# stop_with MESSAGE: one line, exit 1.
stop_with() {
    echo "$*" >&2
    exit 1
}
