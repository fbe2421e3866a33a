#!/usr/bin/env bash
# Makes .venv/, node_modules/ and cycle_tracker/static/vendor/ from the two locks.
# Each folder keeps a copy of the lock it was made from, so a second run has nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/progress.sh
. scripts/debian.sh

python_is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if python_is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    python=$(find_python) || { apt_install python3 python3-venv && python=$(find_python); } ||
        stop_with "Python 3.11 or newer is missing: install it, or name it with PYTHON=..."
    echo "Making .venv/ ..." >&2
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 ||
        { rm -rf .venv && apt_install python3-venv && "$python" -m venv .venv; } ||
        stop_with "$python cannot make a virtual environment: install its venv module (python3-venv on Debian)."
}

# How far pip has come, by its log: first it fetches every package, then it puts each into .venv/. While it does the
# latter it writes no line, so the packages that are newer than its log are those that are in.
python_packages_so_far() {
    local total
    if grep -q '^Successfully installed' "$1"; then
        echo "installed $(sed -n 's/^Successfully installed //p' "$1" | wc -w | tr -d ' ')"
    elif grep -q '^Installing collected packages' "$1"; then
        total=$(sed -n 's/^Installing collected packages: //p' "$1" | wc -w | tr -d ' ')
        echo "installed $(find .venv/lib -name INSTALLER -newer "$1" | wc -l | tr -d ' ') of $total"
    else
        total=$(($(count_in requirements-dev.lock '^[a-z0-9].*==') - $(count_in "$1" '^Ignoring ')))
        echo "fetched $(count_in "$1" '\(from -r requirements-dev\.lock') of $total"
    fi
}

install_python_packages() {
    .venv/bin/python -c pass 2>/dev/null || make_venv
    if command -v uv >/dev/null; then
        # It shows a bar of its own on a terminal, and takes seconds.
        echo "Installing the Python packages ..." >&2
        uv pip install --compile-bytecode --python .venv/bin/python --require-hashes --no-deps -r requirements-dev.lock
    else
        with_progress "Installing the Python packages" python_packages_so_far \
            .venv/bin/python -m pip install --progress-bar off --disable-pip-version-check --require-hashes --no-deps \
            -r requirements-dev.lock
    fi
    cp requirements-dev.lock .venv/installed.lock
}

# How far npm has come, by its log: it fetches each package as one archive.
npm_packages_so_far() {
    echo "fetched $(count_in "$1" '^npm http .*\.tgz') of $(count_in package-lock.json '"integrity"')"
}

install_node_packages() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        apt_install nodejs npm || stop_with "Node.js 18 or newer with npm is missing: install both."
    fi
    npm_config_update_notifier=false with_progress "Installing the npm packages" npm_packages_so_far \
        npm ci --ignore-scripts --no-progress --loglevel=http
    cp package-lock.json node_modules/installed.lock
}

copy_assets() {
    local from=node_modules/@scottish-government/design-system to=cycle_tracker/static/vendor
    rm -rf "$to"
    mkdir -p "$to"/design-system/{css,scripts,images/icons} "$to/roboto"
    cp "$from/LICENSE.txt" "$to/design-system/"
    # The source map stays behind, so the comment that points at it goes too.
    sed 's|/\*# sourceMappingURL=.*\*/||' "$from/dist/css/design-system.min.css" \
        >"$to/design-system/css/design-system.min.css"
    cp "$from/dist/scripts/design-system.js" "$to/design-system/scripts/"
    cp "$from/dist/images/icons/icons.stack.svg" "$to/design-system/images/icons/"
    from=node_modules/@fontsource/roboto
    cp "$from/LICENSE" "$from"/files/roboto-latin-{400,700}-normal.woff2 "$to/roboto/"
    cp package-lock.json "$to/installed.lock"
}

cmp -s requirements-dev.lock .venv/installed.lock || install_python_packages
cmp -s package-lock.json node_modules/installed.lock || install_node_packages
cmp -s package-lock.json cycle_tracker/static/vendor/installed.lock || copy_assets

[ -d cycle_tracker/__pycache__ ] || echo "Compiling the code ..." >&2
# Every run of a job is a process of its own: where Python may not write its compiled files, each would compile anew.
.venv/bin/python -m compileall -q cycle_tracker scheduler config.py wsgi.py
