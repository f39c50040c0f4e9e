# Includes point one way only. Each row of the table says what a folder's files may
# include; anything else is a layer reaching upwards.
cd "${srcdir:-.}" || exit 1
failed=0

allowed()
{
    case $1 in
    include/assay) echo "assay" ;;
    src/base) echo "assay base" ;;
    src/data) echo "assay base data" ;;
    src/source) echo "assay base data source" ;;
    src/sketch) echo "assay base sketch" ;;
    src/expr) echo "assay base data expr" ;;
    src/metric) echo "assay base data sketch expr metric" ;;
    src/suite) echo "assay base data source sketch expr metric suite" ;;
    src/engine) echo "assay base data source sketch expr metric suite engine" ;;
    src/cli) echo "assay base data source sketch expr metric suite engine cli reporters" ;;
    expectations) echo "assay base data sketch expr metric expectations" ;;
    reporters) echo "assay base reporters" ;;
    esac
}

for folder in include/assay src/base src/data src/source src/sketch src/expr src/metric src/suite \
    src/engine src/cli expectations reporters; do
    may=" $(allowed $folder) "
    for file in "$folder"/*.[ch]; do
        [ -f "$file" ] || continue
        while read -r included; do
            [ -n "$included" ] || continue
            case $included in
            config.h)
                [ "$folder" != include/assay ] && continue
                ;;
            */*)
                [ "${may#* "${included%%/*}" }" != "$may" ] && continue
                ;;
            esac
            echo "$file may not include \"$included\""
            failed=1
        done <<EOF
$(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file")
EOF
    done
done

# An installed header needs nothing but libc.
for file in include/assay/*.h; do
    for header in $(sed -n 's/^#[[:space:]]*include[[:space:]]*<\([^>]*\)>.*/\1/p' "$file"); do
        case $header in
        stdbool.h | stddef.h | stdint.h | stdio.h | stdarg.h) ;;
        *)
            echo "$file includes <$header>"
            failed=1
            ;;
        esac
    done
done
exit $failed
