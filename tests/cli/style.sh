# What review should not have to look for: banned functions, long files and long
# functions, a source file that does not begin with config.h and its own header.
cd "${srcdir:-.}" || exit 1
failed=0

say()
{
    echo "$*"
    failed=1
}

sources=$(find src expectations reporters -name '*.c' | LC_ALL=C sort)
headers=$(find include src expectations reporters -name '*.h' | LC_ALL=C sort)

# Comments and texts are taken out first (line by line, block comments by their
# stars), so that prose may name what code may not call.
bare()
{
    sed -e 's,/\*.*\*/,,g' -e 's,"\([^"\\]\|\\.\)*","",g' -e 's,^[[:space:]]*\*.*,,' \
        -e 's,^[[:space:]]*/\*.*,,' "$1"
}

banned='sprintf|vsprintf|strcpy|strcat|strncpy|strtok|atoi|atol|atoll|atof|gets|scanf|sscanf'
banned="$banned|strtod|strtof|strtold|setlocale|localeconv|tmpnam|mktemp|system|alloca|abort"
banned="$banned|assert|localtime|gmtime|ctime|asctime"
for file in $sources $headers; do
    found=$(bare "$file" | grep -nE "(^|[^A-Za-z0-9_>.])($banned)[[:space:]]*\(" | head -n 3)
    [ -z "$found" ] || say "$file calls a banned function: $found"
done

# Only the program and its reports speak; a library returns what it has to say.
for file in $(find src expectations reporters -path src/cli -prune -o -name '*.c' -print); do
    found=$(bare "$file" |
        grep -nE '(^|[^A-Za-z0-9_>.])(printf|puts|putchar|perror|exit|_exit)[[:space:]]*\(|\bstderr\b' |
        head -n 3)
    [ -z "$found" ] || say "$file prints or exits: $found"
done

for file in $sources $headers; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || say "$file has $lines lines; the ceiling is 600"
    if grep -n "$(printf '\t')" "$file" >/dev/null; then
        say "$file has tabs"
    fi
    if grep -nE '[[:space:]]$' "$file" >/dev/null; then
        say "$file has spaces at the end of a line"
    fi
done

for file in $sources; do
    awk -v file="$file" '
        /^\{/ { start = NR }
        /^\}/ && start {
            if (NR - start - 1 > 100) {
                printf "%s:%d: a function of %d lines; the ceiling is 100\n", file, start, NR - start - 1
                bad = 1
            }
            start = 0
        }
        END { exit bad }' "$file" || failed=1

    first=$(sed -n 's/^#[[:space:]]*include[[:space:]]*//p' "$file" | head -n 1)
    [ "$first" = '"config.h"' ] || say "$file does not include config.h first"
    own=${file%.c}.h
    if [ -f "$own" ]; then
        second=$(sed -n 's/^#[[:space:]]*include[[:space:]]*//p' "$file" | sed -n 2p)
        case $second in
        "\"${own#src/}\"" | "\"$(echo "${own#src/}" | sed 's/\.h$//')_impl.h\"") ;;
        *) say "$file does not include its own header second" ;;
        esac
    fi
done

for file in include/assay/*.h; do
    guard=$(sed -n 's/^#ifndef \(ASSAY_[A-Z0-9_]*_H\)$/\1/p' "$file" | head -n 1)
    [ -n "$guard" ] || say "$file has no ASSAY_..._H guard"
done
exit $failed
