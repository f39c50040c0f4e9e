# Small tests of the program, said in TAP: source this first, end with done_testing.
# The script then runs in a new folder of its own, which is removed at its end.
: "${ASSAY:?}" "${srcdir:=.}"
[ -x "$ASSAY" ] || { echo "Bail out! there is no $ASSAY"; exit 1; }
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
case $ASSAY in /*) ;; *) ASSAY=$PWD/$ASSAY ;; esac
tap_work=$(mktemp -d) || exit 1
trap 'chmod -R u+rwx "$tap_work"; rm -rf "$tap_work"' EXIT
cd "$tap_work" || exit 1
tap_count=0

# check NAME COMMAND...: one test, passed where the command succeeds. What the program
# said last is shown where it does not.
check() {
    local name=$1
    shift
    tap_count=$((tap_count + 1))
    if ("$@") >tap.log 2>&1 </dev/null; then
        echo "ok $tap_count - $name"
    else
        echo "not ok $tap_count - $name"
        head -c 2000 tap.log | sed 's/^/# /'
        for file in out err; do
            [ ! -f $file ] || head -c 1500 $file | cat -v | sed "s/^/# $file: /"
        done
    fi
}

done_testing() {
    echo "1..$tap_count"
}

# run STATUS COMMAND...: whether it ends in that status; its output is in out and err.
run() {
    local want=$1 status
    shift
    "$@" >out 2>err
    status=$?
    [ $status -eq "$want" ] || { echo "exit status $status, not $want"; return 1; }
}

# assay SUITE SOURCE STATUS OPTION...: runs a validation.
assay() {
    local suite=$1 source=$2 want=$3
    shift 3
    run "$want" "$ASSAY" validate "$suite" "$source" "$@"
}

empty() {
    [ ! -s "$1" ]
}

json() {
    python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$1"
}

xml() {
    python3 -c 'import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])' "$1"
}

has_escape() {
    grep -q "$(printf '\033')" "$1"
}
