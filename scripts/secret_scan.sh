#!/usr/bin/env bash
# Looks for passwords, keys and tokens in the files that are named, or in all that git knows; 1 where it finds one.
# `--known` writes .secrets.baseline again: what looks like a secret and is none, kept as hashes without line numbers.
set -euo pipefail
cd "$(dirname "$0")/.."

# Words of letters alone are what pages and tests say of passwords, not passwords; but the tool calls a private key by
# its first line, and a token of GitHub by its first three letters. Locks hold hashes of packages.
words='^(?!.*PRIVATE KEY|gh[oprsu]$)[A-Za-z]{1,16}([ _-][A-Za-z]{0,16})*\.?$'
not_read='\.(png|lock)$|package-lock\.json$|^\.secrets\.baseline$'

if [ "${1:-}" = --known ]; then
    .venv/bin/detect-secrets scan --slim --exclude-secrets "$words" --exclude-files "$not_read" >.secrets.baseline.new
    mv .secrets.baseline.new .secrets.baseline
    exit
fi

# The tool writes line numbers into its baseline and then asks for a commit of it, so it gets a copy.
known=$(mktemp)
trap 'rm -f "$known"' EXIT
cp .secrets.baseline "$known"
[ $# -gt 0 ] || { git ls-files -z | xargs -0 -n 100000 "$0"; exit; }
status=0
.venv/bin/detect-secrets-hook --baseline "$known" "$@" || status=$?
[ "$status" -eq 3 ] || exit "$status"
