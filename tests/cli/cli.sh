# The conventions of the command line: streams, exit statuses, several reports, full
# disks, closed pipes, signals, settings, and the same bytes whatever the machine.
. "${srcdir:=.}/tests/lib/tap_check.sh"
export LC_ALL=C TERM=dumb
unset NO_COLOR ASSAY_CSV_KERNEL

cat >s.yml <<'END'
version: 1
dataset: people
checks:
  - row_count: {min: 1, tags: [table]}
columns:
  id: {type: integer, checks: [not_null, {unique: {tags: [key]}}]}
  name: {checks: [{not_null: {tags: [names, slow]}}]}
END
sed 's/not_null: {tags/accepted_values: {values: [a, b], tags/' s.yml >strict.yml
printf 'id,name\n1,a\n2,b\n3,c\n' >d.csv
printf 'id,name\n1,a\n2,\n' >null.csv

# --- streams

result_on_stdout() {
    assay s.yml d.csv 0 && grep -q '^pass: ' out && empty err
}
talk_on_stderr() {
    assay s.yml nothing.csv 3 && grep -q '^error.SOURCE-MISSING' err && ! grep -q SOURCE-MISSING out
}
check "results go to stdout" result_on_stdout
check "talk goes to stderr" talk_on_stderr

one_document() {
    assay "$1" "$2" "$3" -o json && json out && grep -q "\"exit_status\": $3" out
}
check "json: one document of a run that passed" one_document s.yml d.csv 0
check "json: of one that failed" one_document strict.yml d.csv 1
check "json: of one without its source" one_document s.yml nothing.csv 3
printf 'version: 1\ncolumns: {id: {checks: [not_null]}}\n' >rows.yml
printf 'version: 1\nchecks: [row_cuont: {min: 1}]\n' >broken.yml
check "json: of a suite with an error" one_document broken.yml d.csv 2
check "json: of one without records" one_document rows.yml /dev/null 4

several() {
    assay s.yml d.csv 0 -o text -o json:r.json -o junit:r.xml && grep -q '^pass: ' out &&
        json r.json && xml r.xml
}
both_to_stdout() {
    assay s.yml d.csv 2 -o text -o json && empty out && grep -q 'two reports' err
}
standard_by_name() {
    assay s.yml d.csv 0 -o json:- && json out
}
check "several reports at once" several
check "two reports cannot both go to stdout" both_to_stdout
keeps() { # FILE OPTION...: what would replace it is refused before anything is read
    local file=$1
    shift
    cp "$file" kept
    "$ASSAY" validate s.yml d.csv "$@" >out 2>err
    [ $? = 2 ] && cmp "$file" kept && grep -q OUTPUT-SAME err
}
check "a report does not replace the data" keeps d.csv -o json:./d.csv
check "nor the suite" keeps s.yml -o junit:s.yml
check "nor does a quarantine" keeps s.yml --quarantine raw:s.yml
check "two reports cannot go to one file" keeps d.csv -o json:r.x -o junit:r.x
no_command() {
    run 2 "$ASSAY" && grep -q 'assay validate' out
}
check "without a command nothing passes" no_command
quiet_about_nothing() {
    assay s.yml d.csv 4 -q --tag none && grep -q 'nothing was evaluated' out
}
check "-q says that nothing was evaluated" quiet_about_nothing
empty_partner() {
    : >partner.csv
    printf 'version: 1\ncolumns: {id: {checks: [{relationships: {to: partner.csv, column: id}}]}}\n' >partner.yml
    assay partner.yml d.csv 3 && grep -q 'partner.csv id: partner.csv: no column "id"' out
}
check "an empty file to look keys up in is an error" empty_partner
check "-o json:- is stdout" standard_by_name

quiet_shows_failures() {
    assay strict.yml d.csv 1 -q && grep -q fail out && ! grep -q pass out && assay s.yml d.csv 0 -q &&
        empty out
}
silent() {
    assay strict.yml d.csv 1 -qq && empty out && empty err && assay s.yml nothing.csv 3 -qq &&
        empty err && assay broken.yml d.csv 2 -qq && empty err
}
verbose() {
    seq 30 | sed 's/$/,x/; 1i id,name' >many.csv
    assay strict.yml many.csv 1 && [ "$(grep -c '"x"' out)" = 5 ] && assay strict.yml many.csv 1 -v &&
        [ "$(grep -c '"x"' out)" = 20 ]
}
check "-q shows only what is wrong" quiet_shows_failures
check "-qq shows nothing" silent
check "-v shows all samples" verbose

colors() {
    assay strict.yml d.csv 1 --color always && has_escape out &&
        assay strict.yml d.csv 1 --color never && ! has_escape out &&
        assay strict.yml d.csv 1 && ! has_escape out
}
no_color() {
    command -v script >/dev/null || return 0
    TERM=xterm script -qec "$ASSAY validate strict.yml d.csv" /dev/null >out </dev/null
    has_escape out || return 1
    NO_COLOR=1 TERM=xterm script -qec "$ASSAY validate strict.yml d.csv" /dev/null >out </dev/null
    ! has_escape out || return 1
    TERM=dumb script -qec "$ASSAY validate strict.yml d.csv" /dev/null >out </dev/null
    ! has_escape out
}
check "--color" colors
check "NO_COLOR and TERM=dumb hold on a terminal" no_color

# --- exit statuses

severity() {
    assay strict.yml d.csv 0 --set severity=warn && grep -q '^! warn' out &&
        assay strict.yml d.csv 1 --set severity=warn --fail-on warn &&
        assay strict.yml d.csv 0 --set severity=info --fail-on warn
}
zero() {
    assay strict.yml d.csv 0 --exit-zero && grep -q '^fail: ' out && assay s.yml nothing.csv 3 --exit-zero &&
        assay strict.yml d.csv 0 --fail-on error
}
empty_data() {
    printf 'id,name\n' >header.csv
    assay rows.yml header.csv 4 && assay rows.yml header.csv 0 --allow-empty
}
usage() {
    assay s.yml d.csv 2 --thread 2 && grep -q 'did you mean --threads' err &&
        assay s.yml d.csv 2 -o jsno && grep -q 'did you mean json' err &&
        assay s.yml d.csv 2 --threads 0 && assay s.yml d.csv 2 --threads && assay s.yml d.csv 2 --var x &&
        assay s.yml d.csv 2 --set severty=warn && assay s.yml d.csv 3 more.csv &&
        assay s.yml d.csv 2 --color sometimes && assay s.yml d.csv 2 -z
}
commands() {
    run 2 "$ASSAY" vaildate && grep -q 'did you mean assay validate' err && run 2 "$ASSAY" zebra &&
        run 2 "$ASSAY" validate && run 0 "$ASSAY" --help && run 0 "$ASSAY" help validate &&
        run 0 "$ASSAY" validate --help && run 0 "$ASSAY" --version && run 0 "$ASSAY" --version --json &&
        json out && run 2 "$ASSAY" explain ZEBRA && run 0 "$ASSAY" list expectations
}
check "--set severity and --fail-on" severity
check "--exit-zero and --fail-on error" zero
check "--allow-empty" empty_data
check "unknown options and values name what was meant" usage
check "unknown commands too" commands

# --- settings

variables() {
    printf 'version: 1\ndataset: "${who} ${ASSAY_TEST:-none}"\nchecks: [row_count: {min: 1}]\n' >var.yml
    assay var.yml d.csv 2 && assay var.yml d.csv 0 --var who=me && grep -q '^me none: d.csv' out &&
        ASSAY_TEST=env assay var.yml d.csv 0 --var who=me && grep -q '^me env: d.csv' out
}
tags() {
    assay s.yml d.csv 0 --tag names,table -o json && [ "$(grep -c '"expectation":' out)" = 3 ]
}
partial() {
    assay s.yml many.csv 0 --limit 10 && grep -q '^10 records.*part of the data' out &&
        assay s.yml d.csv 0 --limit 10 && ! grep -q 'part of' out
}
sampled() {
    assay s.yml many.csv 0 --sample 50% --threads 1 --no-timings -o json && cp out first &&
        grep -q '"partial": true' out && grep -q '"element_count": [12]' out &&
        assay s.yml many.csv 0 --sample 0.5 --threads 3 --no-timings -o json && cmp out first
}
clock() {
    printf 'version: 1\nchecks: [freshness: {column: at, error_after: 1d}]\n' >fresh.yml
    printf 'at\n2026-01-01T00:00:00Z\n' >at.csv
    assay fresh.yml at.csv 0 --as-of 2026-01-01T12:00:00Z && assay fresh.yml at.csv 1 --as-of 2026-01-03 &&
        assay fresh.yml at.csv 2 --as-of yesterday
}
check "--var and the environment" variables
check "--tag" tags
check "--limit" partial
check "--sample takes the same records every time" sampled
check "--as-of" clock

# --- inputs

standard_input() {
    run 0 "$ASSAY" validate s.yml - <d.csv && grep -q '^pass: ' out
}
dribble() { # a byte at a time
    while IFS= read -r -n1 -d '' c; do printf %s "$c"; done <d.csv
}
fifo_of_bytes() {
    mkfifo bytes
    dribble >bytes &
    assay s.yml bytes 0 --no-timings -o json && sed 's/: "bytes"/: "d.csv"/' out >first
    assay s.yml d.csv 0 --no-timings -o json && cmp out first
}
slow_pipe() {
    { sleep 1.4; cat d.csv; } | run 0 "$ASSAY" validate s.yml - && grep -qx 'waiting for data' err
}
check "- is standard input" standard_input
check "a pipe that gives a byte at a time" fifo_of_bytes
check "waiting is said on stderr" slow_pipe

# --- outputs that cannot be written

full_disk() {
    [ -w /dev/full ] || return 0
    assay s.yml d.csv 5 -o json:/dev/full && grep -q '^error.OUTPUT-WRITE' err &&
        assay strict.yml d.csv 1 -o json:/dev/full && grep -q '^error.OUTPUT-WRITE' err &&
        assay s.yml nothing.csv 3 -o json:/dev/full &&
        run 5 sh -c "'$ASSAY' validate s.yml d.csv >/dev/full" &&
        run 1 sh -c "'$ASSAY' validate strict.yml d.csv >/dev/full"
}
old_report_stays() {
    mkdir reports && echo old >reports/r.json
    (ulimit -f 1 && "$ASSAY" validate strict.yml many.csv -v -o json:reports/r.json) >out 2>err
    [ $? = 1 ] && [ "$(cat reports/r.json)" = old ] && [ "$(ls reports)" = r.json ] &&
        grep -q OUTPUT-WRITE err
    (ulimit -f 1 && "$ASSAY" validate s.yml many.csv -o json:reports/r.json) >out 2>err
    [ $? = 5 ] && [ "$(cat reports/r.json)" = old ] && [ "$(ls reports)" = r.json ]
}
replaces() {
    chmod 640 reports/r.json && assay s.yml d.csv 0 -o json:reports/r.json && json reports/r.json &&
        [ "$(stat -c %a reports/r.json)" = 640 ] && assay s.yml d.csv 5 -o json:none/r.json
}
closed_stdout() {
    "$ASSAY" validate s.yml d.csv >&- 2>err
    [ $? = 5 ] && "$ASSAY" validate strict.yml d.csv >&- 2>err
    [ $? = 1 ] && "$ASSAY" validate s.yml d.csv -o json:r.json 2>&- >out
    [ $? = 0 ]
}
closed_pipe() {
    local status
    { "$ASSAY" validate strict.yml many.csv -v -o json 2>err; echo $? >status; } | head -1 >/dev/null
    status=$(cat status)
    [ "$status" = 1 ] && [ "$(wc -l <err)" -le 3 ]
}
check "a full disk is exit status 5 where the data is good" full_disk
check "an old report stays whole, and nothing else is left" old_report_stays
check "a report is replaced and keeps its mode" replaces
check "closed stdout and stderr" closed_stdout
check "a reader that goes away" closed_pipe

# --- signals

stops_on() { # SIGNAL STATUS: before the pipe, which is still open, ends
    local status writer pid
    mkfifo "endless$1"
    { printf 'id,name\n'; exec sleep 60; } >"endless$1" &
    writer=$!
    "$ASSAY" validate s.yml "endless$1" >out 2>err &
    pid=$!
    sleep 0.3
    kill "-$1" $pid
    wait $pid
    status=$?
    [ $status = "$2" ] && kill -0 $writer && empty out
    status=$?
    kill $writer
    return $status
}
stops_before_a_writer() {
    mkfifo nobody
    "$ASSAY" validate s.yml nobody >out 2>err &
    local pid=$!
    sleep 0.3
    kill -TERM $pid
    wait $pid
    [ $? = 143 ]
}
# A shell without job control starts its children with SIGINT ignored.
set -m
check "SIGINT stops a wait for data" stops_on INT 130
check "SIGTERM stops a wait for data" stops_on TERM 143
check "even a pipe that nobody writes" stops_before_a_writer
set +m

# --- the same bytes on every way

generate() {
    awk 'BEGIN {
        srand(7); print "id,name,amount,at"
        for (i = 1; i <= 60000; i++) {
            r = int(rand() * 1000)
            if (r == 0) print i ",\"a \"\"quoted\"\" name\",1.5,2026-01-01"
            else if (r == 1) print i ",\"two\nlines\",2,2026-01-02"
            else if (r == 2) print i ",short"
            else if (r == 3) print i ",a,2,2026-01-03,long"
            else if (r == 4) print i ",bare \" quote,3,2026-01-04"
            else if (r == 5) print i ",\"after\"x\",4,2026-01-05"
            else if (r == 6) print ""
            else if (r == 7) printf "%d,cr,5,2026-01-06\r\n", i
            else if (r == 8) print i - 1 ",again,-6,2026-01-32"
            else if (r == 9) printf "%d,caf\351,7,\n", i
            else print i ",name" r "," r / 8 ",2026-01-" 10 + r % 18
        }
    }'
}
generate >big.csv
cat >big.yml <<'END'
version: 1
checks:
  - row_count: {min: 100000}
  - expression: {that: "amount >= 0 or length(name) > 3", where: "id > 100"}
columns:
  id: {type: integer, checks: [not_null, unique, {mean: {min: 0}}, increasing]}
  name:
    checks:
      - not_null
      - regex: '^[a-z0-9 ]+$'
      - distinct_count: {max: 10}
      - most_common: [name5]
  amount: {type: decimal, checks: [{range: {min: 0, max: 100}}, {sum: {max: 1}}, {median: {max: 3}}, {stdev: {max: 1}}]}
  at: {type: date, checks: [{max: {max: 2026-01-01}}]}
END
same() { # the settings of another way
    "$@" "$ASSAY" validate big.yml big.csv --no-timings --as-of 2026-01-01 -o json ${with-} >out 2>err
    [ $? = 3 ] && cmp out reference
}
way() { # SETTINGS, ENVIRONMENT...
    local with=$1
    shift
    same "${@:-env}"
}
same_from_pipe() {
    cat big.csv | "$ASSAY" validate big.yml - --no-timings --as-of 2026-01-01 -o json >out 2>err
    [ $? = 3 ] && sed 's/<stdin>/big.csv/; s/"\(dataset\|source\)": "-"/"\1": "big.csv"/' out | cmp - reference
}
assay big.yml big.csv 3 --no-timings --as-of 2026-01-01 --threads 1 -o json
cp out reference
finds_all() {
    for what in "too short" "too long" "closing quote" "unquoted field" "not UTF-8" '"verdict": "fail"' \
        '"verdict": "error"' '"verdict": "pass"'; do
        grep -q "$what" reference || { echo "no $what"; return 1; }
    done
}
check "the reference has found something of each kind" finds_all
for threads in 2 3 8; do
    check "--threads $threads" way "--threads $threads"
done
for kernel in portable sse2 avx2 neon; do
    ASSAY_CSV_KERNEL=$kernel "$ASSAY" validate s.yml d.csv >/dev/null 2>&1 || continue
    check "scanner $kernel" way "" env ASSAY_CSV_KERNEL=$kernel
done
check "--csv-engine libcsv" way "--csv-engine libcsv --threads 2"
check "a pipe" same_from_pipe
check "little memory" way "--memory-limit 1MB --threads 2"
for locale in de_DE.UTF-8 tr_TR.UTF-8 C.UTF-8; do
    locale -a 2>/dev/null | grep -qi "^${locale%.*}.utf-\?8" || continue
    check "locale $locale" way "" env LC_ALL=$locale
done
check "another time zone" way "" env TZ=Asia/Kathmandu
unknown_kernel() {
    ASSAY_CSV_KERNEL=zebra assay s.yml d.csv "${1:-2}" && grep -q CSV-KERNEL err
}
check "a scanner that there is not" unknown_kernel

# --- poor surroundings

few_files() {
    (ulimit -n 16 && "$ASSAY" validate big.yml big.csv --no-timings --as-of 2026-01-01 \
        --memory-limit 1MB -o json --threads 2) >out 2>err
    [ $? = 3 ] && cmp out reference
}
read_only_folder() {
    mkdir poor && chmod 555 poor && (cd poor && "$ASSAY" validate ../s.yml ../d.csv) >out 2>err
    local status=$?
    chmod 755 poor
    [ $status = 0 ]
}
nowhere_to_spill() {
    seq 400000 | sed '1i id' >keys.csv
    printf 'version: 1\ncolumns: {id: {checks: [{unique: {}}, {distinct_count: {min: 1}}]}}\n' >keys.yml
    sed -i 's/^\([0-9]*\)$/k\1/' keys.csv
    TMPDIR=$PWD/missing assay keys.yml keys.csv 3 --memory-limit 1MB && grep -q missing err out
}
no_home() {
    env -i "$ASSAY" validate s.yml d.csv >out 2>err && grep -q '^pass: ' out
}
check "16 open files" few_files
check "a working directory that cannot be written" read_only_folder
check "nowhere to spill is an error, never a verdict" nowhere_to_spill
check "no environment at all" no_home
done_testing
