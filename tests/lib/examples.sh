# Examples in documents, made true by running them. Sourced by tests.
#
# render_examples KIND DOCUMENT prints the document with each example's output as the
# program gives it now; where that is the document itself, its examples are true. KIND
# says how examples are marked:
#
#   mdoc      .\" file: NAME  or  .\" run  before a .Bd ... .Ed block
#   markdown  <!-- file: NAME -->  or  <!-- run -->  before a ``` block
#
# A file block is written into the folder that commands run in. In a run block each line
# that begins with "$ " is a command, and the lines up to the next one are what it prints.

# The folder that examples run in: the examples with their data, and the program.
examples_begin()
{
    if [ ! -x "${ASSAY-}" ]; then
        echo "Bail out! ASSAY does not name the program"
        exit 1
    fi
    examples_dir=$(mktemp -d) || exit 1
    cp -r "${srcdir:-.}/examples" "$examples_dir/examples"
    chmod -R u+w "$examples_dir/examples"
    mkdir "$examples_dir/bin" "$examples_dir/build"
    ln -s "$ASSAY" "$examples_dir/bin/assay"
    ln -s "$ASSAY" "$examples_dir/build/assay"
    examples_path=$examples_dir/bin:$PATH
}

examples_end()
{
    rm -rf "$examples_dir"
}

# What a command prints, without what differs from run to run.
example_output()
{
    (cd "$examples_dir" && PATH=$examples_path TERM=dumb NO_COLOR=1 sh -c "$1") 2>&1 </dev/null |
        sed -E -e 's/ in [0-9]+\.[0-9]+ s$/ in 0.00 s/' -e 's/[[:space:]]+$//'
}

roff_escape()
{
    sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/"
}

roff_plain()
{
    sed -e 's/^\\&//' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\e/\\/g'
}

render_examples()
{
    local kind=$1 state=text next= name= line escape=cat plain=cat
    if [ "$kind" = mdoc ]; then
        escape=roff_escape
        plain=roff_plain
    fi
    while IFS= read -r line || [ -n "$line" ]; do
        case $kind:$state:$line in
        mdoc:text:'.\" file: '* | markdown:text:'<!-- file: '*)
            next=file
            name=${line#*file: }
            name=${name% -->}
            ;;
        mdoc:text:'.\" run' | markdown:text:'<!-- run -->')
            next=run
            ;;
        mdoc:text:'.Bd '* | markdown:text:'```'*)
            state=${next:-other}
            next=
            [ "$state" != file ] || : >"$examples_dir/$name"
            ;;
        mdoc:*:.Ed | markdown:*:'```')
            state=text
            ;;
        *:file:*)
            printf '%s\n' "$line" | $plain >>"$examples_dir/$name"
            ;;
        *:run:'$ '*)
            printf '%s\n' "$line"
            example_output "$(printf '%s\n' "${line#??}" | $plain)" | $escape
            continue
            ;;
        *:run:*)
            continue
            ;;
        esac
        printf '%s\n' "$line"
    done <"$2"
}

# check_examples KIND DOCUMENT: tells what differs. With UPDATE_EXAMPLES in the environment
# the document is corrected instead, for review.
check_examples()
{
    local document=$2 rendered
    rendered=$(mktemp) || return 1
    render_examples "$1" "$document" >"$rendered"
    if cmp -s "$document" "$rendered"; then
        echo "ok - ${document##*/}"
    elif [ -n "${UPDATE_EXAMPLES-}" ]; then
        cat "$rendered" >"$document"
        echo "ok - ${document##*/} was updated"
    else
        echo "not ok - ${document##*/}"
        diff -u "$document" "$rendered" | sed 's/^/# /'
        examples_failed=1
    fi
    rm -f "$rendered"
}
