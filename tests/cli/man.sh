# The manual pages agree with the program and its sources: nothing that they should
# describe is missing, and what is generated is as the program generates it.
set -u
top=${srcdir:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
count=0

# check NAME: passes where $work/wrong is empty, and starts it anew.
check()
{
    count=$((count + 1))
    if [ -s "$work/wrong" ]; then
        echo "not ok $count - $1"
        sed 's/^/# /' "$work/wrong"
        failed=1
    else
        echo "ok $count - $1"
    fi
    : >"$work/wrong"
}

wrong()
{
    echo "$*" >>"$work/wrong"
}

between()
{
    sed -n "/^\.\\\\\" begin: $1\$/,/^\.\\\\\" end: $1\$/p" "$2" | sed '1d;$d'
}

: >"$work/wrong"
if command -v mandoc >/dev/null 2>&1; then
    for page in "$top"/man/*.[1-9]; do
        mandoc -Tlint -W style "$page" 2>/dev/null | grep -v 'referenced manual not found' >>"$work/wrong"
    done
    check "mandoc has nothing to say about the pages"
fi

"$ASSAY" explain --mdoc >"$work/made"
between "assay explain --mdoc" "$top/man/assay-expectations.7" >"$work/page"
diff -u "$work/page" "$work/made" >"$work/wrong"
check "assay-expectations.7 has the sections that assay explain --mdoc prints"

for command in validate filter lint convert list explain; do
    page=$top/man/assay-$command.1
    # Its settings are those of validate.
    [ $command != filter ] || page="$page $top/man/assay-validate.1"
    for flag in $("$ASSAY" $command --help | sed -nE 's/^  (-[a-z],|   ) --([a-z-]+).*/\2/p'); do
        grep -qE "^\.It Fl (. , )?-$flag( |\$)" $page || wrong "--$flag is not in $page"
    done
done
check "the page of each command has every option of its help"

for option in $(sed -nE 's/^    \{"([a-z_]+)", ASSAY_OPTION_[A-Z0-9]+, BOTH,.*/\1/p' "$top/src/suite/options.c"); do
    between options "$top/man/assay-suite.5" | grep -q "^\.It Cm $option " ||
        wrong "the option $option is not in assay-suite.5"
done
check "assay-suite.5 has every option that a suite may set"

for name in $(sed -nE 's/^    \{"([a-z_]+)", [0-9].*/\1/p' "$top/src/expr/functions.c"); do
    between functions "$top/man/assay-suite.5" | grep -qE "^\.It Li \"$name(\(|\")" ||
        wrong "the function $name is not in assay-suite.5"
done
check "assay-suite.5 has every function of the expression language"

# Codes stand in the sources as literals of their own: words in capitals with hyphens, and
# whatever assay_fail is given.
codes=$top/src/cli/codes.c
sources=$(find "$top/src" "$top/expectations" "$top/reporters" -name '*.c' ! -path "$codes")
{
    cat $sources | grep -oE '"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+"'
    cat $sources | tr '\n' ' ' | grep -oE 'assay_fail\([^,()]*(\([^()]*\))?[^,()]*, *ASSAY_[A-Z]+, *"[A-Z][A-Z0-9-]*"' |
        grep -oE '"[^"]*"$'
} | tr -d '"' | grep -vE '^UTF-' | LC_ALL=C sort -u >"$work/used"
sed -nE 's/^    \{"([A-Z0-9-]+)",.*/\1/p' "$codes" >"$work/codes"
LC_ALL=C sort -c "$work/codes" 2>/dev/null || wrong "codes.c is not in alphabetical order"
LC_ALL=C sort -u "$work/codes" >"$work/explained"
for code in $(LC_ALL=C comm -23 "$work/used" "$work/explained"); do
    wrong "$code is used and not in codes.c"
done
for code in $(LC_ALL=C comm -13 "$work/used" "$work/explained"); do
    wrong "$code is in codes.c and used nowhere"
done
[ "$(wc -l <"$work/used")" -gt 50 ] || wrong "only $(wc -l <"$work/used") codes were found"
check "assay explain knows the error codes of the sources"

sed -nE 's/^    ASSAY_EXIT_[A-Z]+ = ([0-9]+).*/\1/p' "$top/include/assay/status.h" >"$work/enum"
between "exit statuses" "$top/man/assay.1" | sed -nE 's/^\.It ([0-9]+)$/\1/p' >"$work/page"
diff "$work/enum" "$work/page" >"$work/wrong"
sed -nE 's/^\| ([0-9]+) \|.*/\1/p' "$top/README.md" | diff "$work/enum" - >>"$work/wrong"
check "the exit statuses of assay.1 and README.md are those of the enum"

echo "1..$count"
exit $failed
