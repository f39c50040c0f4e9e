# The parsing files of JSONTestSuite, in the folder that JSON_TEST_SUITE names: each y_ is
# read, each n_ is refused with the place of what is wrong, and each i_ is what it was.
# Both engines say the same of all of them.
[ -d "${JSON_TEST_SUITE-}" ] || exit 77
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
printf 'version: 1\nchecks:\n  - row_count: {min: 0}\n' >"$work/suite.yml"
export LC_ALL=C
failed=0

complain()
{
    echo "$1: $2"
    failed=1
}

# Sets status and codes, such as 1:JSON-SYNTAX; what is no matter of syntax is left out: a
# value that is no object, a key that comes twice, a NUL in a string.
read_file()
{
    "$ASSAY" validate "$work/suite.yml" "$1" --format json --no-timings "${@:2}" \
        >"$work/out" 2>&1
    status=$?
    codes=$(grep -ao 'JSON-[A-Z0-9-]*\|CSV-ENCODING' "$work/out" |
        grep -v -e JSON-RECORD -e JSON-DUPLICATE-KEY -e JSON-NUL | sort -u | tr '\n' ' ')
    codes=$status:${codes% }
}

# One implementation's choices, within what RFC 8259 leaves open.
pinned()
{
    case $1 in
    i_number_* | i_structure_500_nested_arrays) echo 1: ;;
    i_string_UTF-16LE_with_BOM | i_string_utf16?E_no_BOM) echo 3:CSV-ENCODING ;;
    i_structure_UTF-8_BOM_empty_object) echo 4: ;;
    i_string_UTF-8_invalid_sequence | i_string_UTF8_surrogate* | i_string_invalid_utf-8 | \
        i_string_iso_latin_1 | i_string_lone_utf8* | i_string_not_in_unicode_range | \
        i_string_overlong* | i_string_truncated-utf-8) echo 1:JSON-UTF8 ;;
    *) echo 1:JSON-SURROGATE ;;
    esac
}

for file in "$JSON_TEST_SUITE"/[yni]_*.json; do
    name=${file##*/}
    name=${name%.json}
    read_file "$file"
    cp "$work/out" "$work/scan"
    case $name in
    y_*) case $codes in [014]:) ;; *) complain "$name" "is refused: $codes" ;; esac ;;
    i_*) [ "$codes" = "$(pinned "$name")" ] || complain "$name" "is now $codes" ;;
    # Nothing at all, and two documents, of which the second is no object.
    n_structure_no_data | n_single_space | n_structure_UTF8_BOM_no_data)
        [ "$codes" = 4: ] || complain "$name" "is taken: $codes" ;;
    n_structure_object_with_trailing_garbage)
        grep -q 'JSON-RECORD' "$work/out" || complain "$name" "is taken: $codes" ;;
    *)
        case $codes in [13]:JSON-*) ;; *) complain "$name" "is taken: $codes" ;; esac
        grep -Eaq "^ +line [0-9]+:[0-9]+ |: *$(basename "$file"):[0-9]+:[0-9]+:|:[0-9]+:[0-9]+: " \
            "$work/out" || complain "$name" "is refused without a place"
        ;;
    esac
    read_file "$file" --json-engine yajl
    cmp -s "$work/scan" "$work/out" || complain "$name" "is something else to yajl"
done
exit $failed
