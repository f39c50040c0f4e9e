# The commands of README.md print what it shows. UPDATE_EXAMPLES=1 corrects it instead.
. "${srcdir:-.}/tests/lib/examples.sh"
examples_failed=0
examples_begin
trap examples_end EXIT
check_examples markdown "${srcdir:-.}/README.md"
echo 1..1
exit $examples_failed
