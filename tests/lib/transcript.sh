# Replays transcripts of the program: source this, then call replay_all FOLDER.
#
# A transcript is a text file. A line that starts with "$ " is a command, with "> " as
# its further lines; what it is to print on stdout follows after "| ", what on stderr
# after "! ", and its exit status, where that is not 0, after "= ". Other lines are
# remarks; the first of them names the test, and one that starts with "Needs: " is a
# condition without which it is skipped. Commands run one after another, in a shell
# and a new folder of their own; `assay` is the program (without timings), and in what
# is printed the folder is written $PWD. Where ASSAY_TRANSCRIPT_UPDATE is set, what was
# printed is written into the transcript instead: look at the difference before you
# keep it.
: "${ASSAY:?}" "${srcdir:=.}"
[ -x "$ASSAY" ] || { echo "Bail out! there is no $ASSAY"; exit 1; }
replay_work=$(mktemp -d) || exit 1
trap 'rm -rf "$replay_work"' EXIT
unset NO_COLOR CI ASSAY_CSV_KERNEL
export LC_ALL=C TZ=UTC TERM=dumb COLUMNS=80
replay_count=0
replay_failed=0
replay_masks=${replay_masks-} # what sed is to make of a port, say, that is another each time

assay() {
    case $1 in
    validate | filter) "$ASSAY" "$@" --no-timings ;;
    *) "$ASSAY" "$@" ;;
    esac
}

# memory KILOBYTES: no more than that for what follows; sanitizers need what they need.
memory() {
    case ${BUILD_CFLAGS-} in *sanitize*) ;; *) ulimit -v "$1" ;; esac
}

# Whether compressed data of a kind can be made here and read by the program.
reads() {
    command -v "$1" >/dev/null && "$ASSAY" list sources | grep "^$1 " | grep -vq 'not built in'
}

# Runs one command of a transcript and appends it, with what came of it.
replay_command() {
    local status
    eval "$1" >"$replay_out.stdout" 2>"$replay_out.stderr" </dev/null
    status=$?
    sed "s/^/> /; 1s/^> /$ /" <<<"$1"
    # A last line without its end is shown as if it had one.
    sed "$replay_masks; s,$PWD,\$PWD,g; s/^/| /; s/^| $/|/" "$replay_out.stdout"
    sed "$replay_masks; s,$PWD,\$PWD,g; s/^/! /; s/^! $/!/" "$replay_out.stderr"
    [ $status -eq 0 ] || echo "= $status"
}

replay_lines() {
    local line command=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '> '*)
            command=$command$'\n'${line#> }
            continue
            ;;
        '>')
            command=$command$'\n'
            continue
            ;;
        esac
        if [ -n "$command" ]; then
            replay_command "$command"
            command=
        fi
        case $line in
        '$ '*) command=${line#\$ } ;;
        '|'* | '!'* | '= '*) ;;
        *) printf '%s\n' "$line" ;;
        esac
    done
    [ -z "$command" ] || replay_command "$command"
}

replay() {
    local name needs folder=$replay_work/$replay_count
    replay_out=$folder.new
    name="${1##*/}: $(grep -m1 -v '^[$>|!=]' "$1")"
    needs=$(sed -n 's/^Needs: //p' "$1")
    if ! eval "${needs:-:}"; then
        replay_count=$((replay_count + 1))
        echo "ok $replay_count - $name # SKIP needs $needs"
        return
    fi
    mkdir "$folder"
    (cd "$folder" && replay_lines) <"$1" >"$replay_out"
    chmod -R u+rwx "$folder"
    rm -rf "$folder"
    replay_count=$((replay_count + 1))
    if [ -n "${ASSAY_TRANSCRIPT_UPDATE-}" ]; then
        cmp -s "$1" "$replay_out" || cp "$replay_out" "$1"
    elif ! diff -u "$1" "$replay_out" >"$replay_out.diff"; then
        replay_failed=$((replay_failed + 1))
        echo "not ok $replay_count - $name"
        sed 's/^/# /' "$replay_out.diff"
        return
    fi
    echo "ok $replay_count - $name"
}

# replay_all FOLDER [PREFIX FROM TO]: every transcript in the folder; with a prefix,
# each number has at least one that is named for it, such as C05-ragged.
replay_all() {
    local file n
    case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
    case $ASSAY in /*) ;; *) ASSAY=$PWD/$ASSAY ;; esac
    for file in "$srcdir/$1"/*; do
        replay "$file"
    done
    for n in ${2:+$(seq "$3" "$4")}; do
        replay_count=$((replay_count + 1))
        if ls "$srcdir/$1" | grep -q "^$2$(printf %02d "$n")-"; then
            echo "ok $replay_count - $2$n has a transcript"
        else
            replay_failed=$((replay_failed + 1))
            echo "not ok $replay_count - $2$n has a transcript"
        fi
    done
    echo "1..$replay_count"
    [ "$replay_failed" -eq 0 ]
}
