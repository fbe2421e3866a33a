# Read by the other scripts with `.`: says how far something long has come, with a count and the seconds it took.
# On a terminal that is one line that is written over; elsewhere a line every few seconds.

SAY_EVERY=5 # seconds between two lines where there is no terminal

# show_progress TEXT
show_progress() {
    if [ -t 2 ]; then
        printf '\r\033[K%s' "$1" >&2
    elif [ $((SECONDS - said_at)) -ge $SAY_EVERY ]; then
        echo "$1" >&2
        said_at=$SECONDS
    fi
}

# with_progress TITLE HOW_FAR COMMAND...: runs the command and shows what `HOW_FAR LOG` prints meanwhile, where LOG holds
# what the command has written so far. Shows all of LOG if the command fails; its status is the command's.
with_progress() {
    local title=$1 how_far=$2 log started=$SECONDS running status=0
    shift 2
    log=$(mktemp)
    echo "$title ..." >&2
    said_at=$SECONDS
    "$@" <&0 >"$log" 2>&1 &
    running=$!
    # What is started with & does not hear Ctrl-C.
    trap 'kill "$running" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
    while kill -0 "$running" 2>/dev/null; do
        show_progress "  $("$how_far" "$log")"
        sleep 0.3
    done
    wait "$running" || status=$?
    trap - INT TERM
    [ ! -t 2 ] || printf '\r\033[K' >&2
    if [ "$status" -eq 0 ]; then
        echo "  $("$how_far" "$log"), done in $((SECONDS - started)) s" >&2
    else
        cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

# count_in LOG PATTERN: how many lines have it; 0 where none has.
count_in() {
    grep -cE "$2" "$1" || true
}
