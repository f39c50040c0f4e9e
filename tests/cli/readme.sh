# The commands of README.md print what it shows. UPDATE_EXAMPLES=1 corrects it instead.
. "${srcdir:-.}/tests/lib/examples.sh"
examples_failed=0
examples_begin
trap examples_end EXIT
check_examples markdown "${srcdir:-.}/README.md"
n=1
# What there is must be found there.
for list in expectations reporters sources formats; do
    n=$((n + 1))
    missing=$("$ASSAY" list $list | cut -d' ' -f1 | while read -r name; do
        grep -qiw -- "$name" "${srcdir:-.}/README.md" || echo "$name"
    done)
    if [ -z "$missing" ]; then
        echo "ok $n - README.md has all $list"
    else
        echo "not ok $n - README.md has all $list: $missing is missing"
        examples_failed=1
    fi
done
echo 1..$n
exit $examples_failed
