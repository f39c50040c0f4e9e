# The makefiles name their files one by one: every file on disk is listed, every
# listed file is there, and the two registries are sorted.
cd "${srcdir:-.}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

makefiles=$(find Makefile.am include src expectations reporters completions man examples bench \
    tests -name 'local.mk' -o -name Makefile.am | grep -v '^build/')
places='include|src|expectations|reporters|man|completions|tests/unit|tests/fuzz|tests/cli|tests/lib'

# One path a line. A test program is listed without its .c.
cat $makefiles | sed 's/#.*//' | tr -s ' \t\\=' '\n' |
    sed -E 's,^(tests/(unit|fuzz)/[a-z0-9_]+_(test|fuzz))$,\1.c,' |
    grep -E "^($places)/[A-Za-z0-9_./-]+\.(c|h|sh|[1-9]|bash|zsh|fish)\$" |
    LC_ALL=C sort -u >"$work/listed"
find include src expectations reporters man completions tests/unit tests/fuzz tests/cli tests/lib \
    -path tests/fuzz/corpus -prune -o -type f -print |
    grep -E '\.(c|h|sh|[1-9]|bash|zsh|fish)$' | LC_ALL=C sort >"$work/there"

for path in $(LC_ALL=C comm -13 "$work/listed" "$work/there"); do
    echo "$path is in no local.mk"
    failed=1
done
for path in $(LC_ALL=C comm -23 "$work/listed" "$work/there"); do
    echo "$path is listed and not there"
    failed=1
done

# Folders of transcripts, and what tests run that is neither C nor shell.
for path in tests/cli/*/ tests/lib/*.py; do
    if ! grep -qE "^[[:space:]]${path%/}( |\$)" tests/local.mk; then
        echo "$path is not in tests/local.mk"
        failed=1
    fi
done

for folder in expectations reporters; do
    awk '/^[A-Z]+ =/ { list = 1; next } !/\.c/ { list = 0 } list { print $1 }' \
        "$folder/local.mk" >"$work/order"
    if [ ! -s "$work/order" ]; then
        echo "$folder/local.mk lists nothing"
        failed=1
    fi
    if ! LC_ALL=C sort -c "$work/order"; then
        echo "$folder/local.mk is not sorted"
        failed=1
    fi
done
exit $failed
