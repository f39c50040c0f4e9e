# Nothing in the data, in a suite or in a name reaches a terminal as a command, breaks out
# of a report, takes the machine's memory or time, or writes where it was not told to.
. "${srcdir:=.}/tests/lib/tap_check.sh"
export LC_ALL=C TERM=dumb
unset NO_COLOR ASSAY_CSV_KERNEL

# Clipboard, hyperlink, title, cursor; C1; bidirectional overrides; ends of markup; what
# is no UTF-8 at all; NUL; line ends.
evil=$(printf '\033]52;c;ZXZpbA==\a\033]8;;http://x\033\\\033]0;t\a\033[2J\033[1A\302\2332J\302\205\342\200\256\342\201\246x]]>--></testcase></script>&lt;"\\%%s%%n\177\b')
raw=$(printf '\233\377\355\240\200')

# Whether a text may go to a terminal: no control but line ends, no C1, nothing that
# turns the direction of text, and nothing but UTF-8.
plain_text() {
    python3 - "$1" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8", newline="").read()
text = re.sub("\033\\[(0|2|3[1-6])m", "", text) if len(sys.argv) < 3 else text
bad = re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u206f\ufeff]", text)
if bad:
    sys.exit("%r at %d: %r" % (bad.group(), bad.start(), text[max(0, bad.start() - 40):bad.end() + 40]))
END
}

# Every report of a run is well-formed, and what people read is plain. STATUS SUITE SOURCE
harmless() {
    local want=$1 mode
    shift
    for mode in never always; do
        run "$want" "$ASSAY" validate "$@" --color $mode -v -o text -o json:r.json -o junit:r.xml -o text:r.txt &&
            plain_text out && plain_text err && plain_text r.txt || return 1
        [ $mode = always ] || ! has_escape out || return 1
    done
    json r.json && xml r.xml
}

# --- data

{
    printf 'id,name\n'
    printf '1,"%s"\n' "${evil//\"/\"\"}"
    printf '2,%s\n' "$raw"
    printf '3,a\0b\n4,"two\nlines"\n5,"%s\r"\n' "$raw"
    printf '6,short,%s\n7\n' "$raw$evil"
    printf '8,"%s"after"\n' "$(printf '\033[31m')"
    printf '9,bare " \033[5m\n'
} >data.csv
cat >data.yml <<'END'
version: 1
columns:
  id: {checks: [not_null]}
  name:
    checks:
      - accepted_values: [a]
      - regex: '^a$'
      - type: {is: integer}
      - range: {min: 5}
      - length: {max: 1}
      - most_common: [a]
      - min: {min: zzzz}
      - unique
END
check "values" harmless 1 data.yml data.csv
number() {
    printf 'version: 1\ncolumns: {name: {checks: [{mean: {min: 0}}]}}\nchecks: [expression: "length(name) / 0 > 1"]\n' >number.yml
    harmless 3 number.yml data.csv
}
check "values in errors" number
long_value() {
    { echo name; for i in 1 2 3; do printf '"%s' "$evil"; head -c 100000 /dev/zero | tr '\0' "$(printf '\033')"; printf '"\n'; done; } | sed 's/&lt;"/\&lt;/' >long.csv
    printf 'version: 1\ncolumns: {name: {checks: [{accepted_values: [a]}]}}\n' >long.yml
    harmless 1 long.yml long.csv && [ "$(wc -c <out)" -lt 5000 ]
}
check "long values are cut" long_value

# --- names

headers() {
    printf 'id,"%s",%s,"a\nb",' "${evil//\"/\"\"}" "$raw" >head.csv
    printf '\n1,2,3,4,5\n' >>head.csv
    printf 'version: 1\ncolumns: {missing: {checks: [not_null]}, _5: {checks: [not_null]}}\nchecks: [columns: {exactly: [id]}]\n' >head.yml
    harmless 3 head.yml head.csv
}
file_names() {
    local name
    name=$(printf 'a\033]0;x\a\n\302\233\342\200\256<&">]]>.csv')
    printf 'id\n1\n' >"$name" && printf 'version: 1\ncolumns: {id: {checks: [not_null]}}\n' >id.yml
    cp id.yml "$name.yml"
    harmless 0 id.yml "$name" && harmless 0 "$name.yml" "$name" && harmless 3 id.yml "$name.none" &&
        harmless 2 "$name.none" "$name" &&
        cp "$name" "2$name" && harmless 0 id.yml "*$name"
}
arguments() {
    for option in "--$evil" "-$evil" "--threads=$evil" "--tag=$evil" "--var=$evil" "-o$evil" "--color=$evil" \
        "--encoding=$raw" "--$raw" "--set=$evil=$raw"; do
        "$ASSAY" validate id.yml d.csv "$option" >out 2>err
        plain_text out && plain_text err || return 1
    done
    run 2 "$ASSAY" "$evil$raw" && plain_text err && run 2 "$ASSAY" explain "$evil$raw" && plain_text err &&
        run 2 "$ASSAY" list "$evil$raw" && plain_text err
}
suite_texts() {
    python3 - "$evil" <<'END'
import json, sys
evil = sys.argv[1]
check = {"regex": {"pattern": "^" + "\x1b" + "$", "name": evil, "id": evil, "description": evil, "owner": evil,
                   "runbook": evil, "tags": [evil], "where": "name <> '" + evil.replace("'", "''") + "'"}}
json.dump({"version": 1, "dataset": evil, "columns": {"id": {"checks": [check, {"accepted_values": [evil]}]}, evil: {"checks": ["not_null"]}}},
          open("text.json", "w"))
json.dump({"version": 1, evil: 1, "columns": {"id": {"type": evil, "checks": [evil, {"regex": "(" + evil},
          {"expression": evil}, {"not_null": {evil: 1, "severity": evil, "where": evil}}]}}, "options": {evil: evil, "threads": evil}},
          open("wrong.json", "w"))
END
    printf 'id,name\n1,2\n' >d.csv
    harmless 3 text.json d.csv && harmless 2 wrong.json d.csv && run 2 "$ASSAY" lint wrong.json && plain_text err &&
        "$ASSAY" validate text.json d.csv --tag x >out 2>err
    plain_text out && plain_text err
}
variables_add_nothing() {
    printf 'version: 1\ndataset: ${NAME}\nchecks:\n  - row_count: {min: 1}\n' >var.yml
    NAME=$(printf 'a: b\n- c\nchecks: []\n\033[0m${HOME}') run 0 "$ASSAY" validate var.yml d.csv -o json &&
        json out && [ "$(grep -c '"expectation":' out)" = 2 ] && grep -qF '${HOME}' out
}
check "headers" headers
check "file names" file_names
check "arguments" arguments
check "texts of a suite, and errors about it" suite_texts
check "the value of a variable stays a value" variables_add_nothing

# --- time and memory

# at_most KILOBYTES STATUS COMMAND...: what has no end in two minutes has none.
at_most() {
    local memory=$1 want=$2 status
    shift 2
    case ${BUILD_CFLAGS-} in *sanitize*) memory=unlimited ;; esac
    (ulimit -v "$memory" && exec timeout 120 "$@") >out 2>err
    status=$?
    [ $status = "$want" ] || { echo "exit status $status is not $want"; return 1; }
}
laughs() {
    {
        echo 'version: 1'
        echo 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
        for i in $(seq 9); do
            echo "a$i: &a$i [*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1)),*a$((i - 1))]"
        done
    } >laughs.yml
    at_most 200000 2 "$ASSAY" lint laughs.yml && grep -q SUITE-ALIAS err
}
deep() {
    head -c 1000000 /dev/zero | tr '\0' "$1" >deep.yml
    at_most 200000 2 "$ASSAY" lint deep.yml
}
nested() {
    { printf 'version: 1\nchecks:\n'; for i in $(seq 1000); do printf "%${i}s- \n" ''; done; } >nested.yml
    at_most 200000 2 "$ASSAY" lint nested.yml
}
deep_expression() {
    { printf 'version: 1\nchecks:\n  - expression: "'; head -c 200000 /dev/zero | tr '\0' '('; printf '"\n'; } >expr.yml
    at_most 200000 2 "$ASSAY" lint expr.yml && at_most 200000 2 "$ASSAY" validate expr.yml d.csv
}
large_suite() {
    { echo 'version: 1'; head -c 10000000 /dev/zero | tr '\0' "${1:-#}"; } >large.yml
    at_most 200000 2 "$ASSAY" lint large.yml && grep -q 'larger than' err && cp large.yml large.json &&
        at_most 200000 2 "$ASSAY" lint large.json && at_most 200000 2 "$ASSAY" lint /dev/zero
}
check "aliases of aliases" laughs
check "a million brackets" deep '['
check "a million braces" deep '{'
check "a million dashes" deep '-'
check "a thousand levels" nested
check "an expression of 200,000 brackets" deep_expression
check "suites of 10 MB" large_suite

bomb() { # COMMAND SUFFIX
    echo id | $1 >"bomb.csv.$2"
    head -c 10000000 /dev/zero | tr '\0' '\n' | $1 >piece
    for _ in $(seq 30); do cat piece; done >>"bomb.csv.$2"
    at_most 250000 3 "$ASSAY" validate id.yml "bomb.csv.$2" && grep -q SOURCE-EXPANSION err
}
honest() { # what is well compressed and no bomb
    { echo id; seq 300000; } | $1 >"honest.csv.$2"
    at_most 400000 0 "$ASSAY" validate id.yml "honest.csv.$2"
}
reads() {
    command -v "$1" >/dev/null && "$ASSAY" list sources | grep "^$1 " | grep -vq 'not built in'
}
if reads gzip; then
    check "a gzip bomb" bomb "gzip -c" gz
    check "but not what gzip packed well" honest "gzip -9c" gz
fi
if reads zstd; then
    check "a zstd bomb" bomb "zstd -qc" zst
    check "but not what zstd packed well" honest "zstd -qc" zst
fi

redos() { # PATTERN
    { echo name; for i in $(seq 50); do echo 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX'; done; } >redos.csv
    printf "version: 1\ncolumns: {name: {checks: [{regex: '%s'}, not_null]}}\n" "$1" >redos.yml
    at_most 400000 "$2" "$ASSAY" validate redos.yml redos.csv && [ "$2" = 1 ] || grep -q 'not_null\|name is not null' out
}
redos_or_answer() { # an error, or the right answer: never "it matches", never long
    redos "$1" 3 || redos "$1" 1
}
deep_match() {
    { echo name; head -c 1000000 /dev/zero | tr '\0' a; echo; } >match.csv
    printf "version: 1\ncolumns: {name: {checks: [{regex: '^(?:a|b)*\$'}]}}\n" >match.yml
    at_most 400000 0 "$ASSAY" validate match.yml match.csv
}
check "^(a+)+\$" redos_or_answer '^(a+)+$'
check "^(a|aa)+\$" redos_or_answer '^(a|aa)+$'
check "^(a|a?)+\$" redos_or_answer '^(a|a?)+$'
check "a lookbehind that cannot be simplified" redos_or_answer '^(?=(a+)+$)(a+)+$'
check "^(?:a|b)*\$ of a megabyte" deep_match
long_line() {
    { echo id; head -c 80000000 /dev/zero | tr '\0' x; } | at_most 1500000 3 "$ASSAY" validate id.yml - &&
        grep -q 'over 64 MiB' err
}
check "a line without end" long_line

# --- outputs

only_the_target() {
    mkdir outputs && echo precious >precious && ln -s ../precious outputs/link.json
    run 0 "$ASSAY" validate id.yml d.csv -o json:outputs/link.json || return 1
    # What a link points to is not written through: the link is replaced, or it is refused.
    [ "$(cat precious)" = precious ]
}
no_litter() {
    run 0 "$ASSAY" validate id.yml d.csv -o json:outputs/a.json -o junit:outputs/a.xml || return 1
    [ "$(ls -A outputs | grep -v '^a\.\|^link')" = "" ]
}
names_stay_names() {
    mkdir deep && cd deep && printf 'version: 1\ndataset: ../../escape\nchecks: [row_count: {min: 1, id: ../../escape2}]\n' >s.yml &&
        run 0 "$ASSAY" validate s.yml ../d.csv -o json:r.json -o junit:r.xml && [ ! -e ../../escape ] &&
        [ "$(ls -A | tr '\n' ' ')" = "err out r.json r.xml s.yml " ]
}
fifo_output() {
    mkfifo pipe.json
    cat pipe.json >copy &
    run 0 "$ASSAY" validate id.yml d.csv -o json:pipe.json && wait && json copy && [ -p pipe.json ]
}
check "a report does not write through a link" only_the_target
check "nothing is left beside a report" no_litter
check "names in a suite are no paths" names_stay_names
check "a report into a pipe" fifo_output
done_testing
