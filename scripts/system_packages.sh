#!/usr/bin/env bash
# Finds, or on Debian installs, what the tests need from the system: a PostgreSQL server, Chromium and strace.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/progress.sh
. scripts/debian.sh

has_postgresql() {
    local server version
    for server in "$(command -v postgres)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres; do
        [ -x "$server" ] || continue
        version=$("$server" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        [ "$version" -ge 15 ] && return
    done
    return 1
}

has_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable
} >/dev/null

# Playwright brings a node of its own, which wants a library that a small Debian lacks.
lacks_libatomic() {
    command -v apt-get >/dev/null && ! ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1
}

# Debian's package makes a cluster and starts it, unless told otherwise; the tests start their own.
install_postgresql() {
    local told=/etc/postgresql-common/createcluster.d/cycle-tracker-tests.conf
    command -v apt-get >/dev/null || return 1
    as_root mkdir -p "${told%/*}"
    echo "create_main_cluster = false" | as_root tee "$told" >/dev/null
    apt_install postgresql || true
    as_root rm -f "$told"
}

has_postgresql || install_postgresql || true
has_chromium || apt_install chromium || true
! lacks_libatomic || apt_install libatomic1 || true
# Kills and full disks are made with it; where it cannot be had, those tests are skipped and say so.
command -v strace >/dev/null || apt_install strace || true

missing=""
has_postgresql || missing="a PostgreSQL server, version 15 or newer"
has_chromium || missing="${missing:+$missing, and }Chromium (or Google Chrome)"
[ -z "$missing" ] || stop_with "The tests need what is missing here and could not be installed: $missing."
