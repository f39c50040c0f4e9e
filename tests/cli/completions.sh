# The shells complete every command, list and option that the program's help shows, and
# the bash completion works: it is sourced and asked.
set -u
top=${srcdir:-.}
failed=0

say()
{
    echo "$*"
    failed=1
}

# A flag is --name in bash and zsh, and -l name in fish.
has()
{
    case $1 in
    *.fish) grep -qE -- "-l $2( |\$)" "$1" ;;
    *) grep -qE -- "--$2([^a-z-]|\$)" "$1" ;;
    esac
}

commands=$("$ASSAY" | sed -nE 's/^  ([a-z]+)  +[a-z].*/\1/p')
[ -n "$commands" ] || say "the help shows no commands"
for file in "$top"/completions/assay.bash "$top"/completions/assay.zsh "$top"/completions/assay.fish; do
    for command in $commands; do
        grep -qw "$command" "$file" || say "$command is not in $file"
        for flag in $("$ASSAY" $command --help | sed -nE 's/^  (-[a-z],|   ) --([a-z-]+).*/\2/p'); do
            has "$file" "$flag" || say "--$flag of $command is not in $file"
        done
    done
    for list in $("$ASSAY" list --help | sed -nE '1s/^usage: assay list ([a-z|]+).*/\1/p' | tr '|' ' '); do
        grep -qw "$list" "$file" || say "list $list is not in $file"
    done
done
for shell in zsh fish; do
    if command -v $shell >/dev/null 2>&1; then
        $shell -n "$top/completions/assay.$shell" || say "$shell does not read its completion"
    fi
done

# offers WORD... -- EXPECTED: what bash offers for the last word has EXPECTED in it.
offers()
{
    local expected
    COMP_WORDS=()
    while [ "$1" != -- ]; do
        COMP_WORDS+=("$1")
        shift
    done
    expected=$2
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _assay 2>/dev/null
    case " ${COMPREPLY[*]} " in
    *" $expected "*) ;;
    *) say "bash offers no $expected for: ${COMP_WORDS[*]}" ;;
    esac
}

assay()
{
    "$ASSAY" "$@"
}

. "$top/completions/assay.bash"
offers assay va -- validate
offers assay validate --me -- --memory-limit
offers assay validate -o ju -- junit
offers assay validate --fail-on w -- warn
offers assay list ex -- expectations
offers assay explain not_n -- not_null
exit $failed
