# Every example in the manual pages is run, and prints what the page shows.
# UPDATE_EXAMPLES=1 writes what it prints into the pages instead.
. "${srcdir:-.}/tests/lib/examples.sh"
examples_failed=0
for page in "${srcdir:-.}"/man/*.[1-9]; do
    examples_begin
    check_examples mdoc "$page"
    examples_end
done
echo "1..$(ls "${srcdir:-.}"/man/*.[1-9] | wc -l)"
exit $examples_failed
