# The shared library exports assay_ names only, and all that the installed headers
# mark ASSAY_API.
library=
for file in "${builddir:-.}"/.libs/libassay.so "${builddir:-.}"/.libs/libassay.dylib; do
    [ -f "$file" ] && library=$file
done
if [ -z "$library" ]; then
    echo "1..0 # SKIP no shared library in this build"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

case $library in
*.so) nm -D --defined-only "$library" ;;
*) nm -gU "$library" | sed 's/ _/ /' ;;
esac | awk 'NF >= 3 { print $3 }' | sed 's/@.*//' | LC_ALL=C sort -u >"$work/exported"
cat "${srcdir:-.}"/include/assay/*.h | tr '\n' ' ' | tr ';' '\n' |
    sed -n 's/.*ASSAY_API[^(]*[^A-Za-z0-9_]\(assay_[a-z0-9_]*\)(.*/\1/p' |
    LC_ALL=C sort -u >"$work/declared"

if [ ! -s "$work/exported" ]; then
    echo "$library exports nothing"
    failed=1
fi
for name in $(grep -v '^assay_' "$work/exported"); do
    echo "$name is exported and does not start with assay_"
    failed=1
done
for name in $(LC_ALL=C comm -13 "$work/declared" "$work/exported" | grep '^assay_'); do
    echo "$name is exported and not declared in include/assay"
    failed=1
done
for name in $(LC_ALL=C comm -23 "$work/declared" "$work/exported"); do
    echo "$name is declared in include/assay and not exported"
    failed=1
done
exit $failed
