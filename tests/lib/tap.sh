#!/bin/sh
# Runs one test and speaks TAP for it: "tap.sh TEST [ARGUMENT...]".
#
# A test that prints TAP itself (cmocka's, or a script's) may have several plans,
# one a group: they are joined into one. Any other test counts as one, passed where
# its exit status is 0 and skipped where it is 77. A test has TEST_TIMEOUT seconds.
test=$1
shift
output=${TMPDIR:-/tmp}/assay-tap-$$
trap 'rm -f "$output"' EXIT
trap 'exit 1' HUP INT TERM

limit=
if command -v timeout >/dev/null 2>&1; then
    limit="timeout -k 10 ${TEST_TIMEOUT:-300}"
fi
CMOCKA_MESSAGE_OUTPUT=TAP
UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export CMOCKA_MESSAGE_OUTPUT UBSAN_OPTIONS

case $test in
*.sh) $limit bash "$test" "$@" >"$output" ;;
*) $limit ${VALGRIND-} "$test" "$@" >"$output" ;;
esac
status=$?

LC_ALL=C ${AM_TAP_AWK:-awk} -v status=$status -v name="${test##*/}" '
/^1\.\.[0-9]+/ {
    split($0, plan, /\.\./)
    planned += plan[2]
    plans++
    if (plan[2] + 0 == 0)
        skipped = $0
    next
}
/^(not )?ok([ \t]|$)/ {
    seen++
    bad = /^not ok/
    line = $0
    sub(/^(not )?ok[ \t]*[0-9]*/, "", line)
    if (line ~ /#[ \t]*(SKIP|skip)/)
        bad = 0
    failed += bad
    print (bad ? "not ok " : "ok ") seen line
    next
}
/^Bail out!/ { print; bailed = 1; next }
{ print "# " $0 }
END {
    if (bailed)
        exit
    if (!plans && !seen) {
        if (status == 77)
            print "1..0 # SKIP " name
        else {
            print "1..1"
            print (status == 0 ? "ok 1 - " : "not ok 1 - ") name
            if (status != 0)
                print "# exit status " status
        }
    } else {
        if (status != 0 && !failed) {
            seen++
            planned++
            print "not ok " seen " - " name " ended with status " status
        }
        if (seen == 0 && planned == 0 && skipped != "")
            print skipped
        else
            print "1.." (plans ? planned : seen)
    }
}' "$output"
