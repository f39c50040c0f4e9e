# What `make install` leaves is whole: the program runs, a C program builds against
# the installed headers and assay.pc alone and runs, and the same headers are C++.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL
root=$work/root

if ! ${MAKE:-make} -C "${builddir:-.}" install DESTDIR="$root" >"$work/log" 2>&1; then
    cat "$work/log"
    exit 1
fi
pc=$(find "$root" -name assay.pc)
[ -f "$pc" ] || { echo "assay.pc is not installed"; exit 1; }
prefix=$root$(sed -n 's/^prefix=//p' "$pc")
sed "s,^prefix=.*,prefix=$prefix," "$pc" >"$work/assay.pc"
export PKG_CONFIG_PATH="$work${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
libdir=$(pkg-config --variable=libdir assay) || exit 1
export LD_LIBRARY_PATH="$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
static=--static
for library in "$libdir"/libassay.so "$libdir"/libassay.dylib; do
    [ -f "$library" ] && static=
done
failed=0

# expect NAME COMMAND...
expect()
{
    local name=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        sed 's/^/# /' "$work/out"
        failed=1
    fi
}

version=$(pkg-config --modversion assay)
bin=$(find "$root" -type f -name assay -perm -u+x -path '*/bin/*')
expect "the installed program says its version" sh -c "'$bin' --version | grep -F '$version'"

cat >"$work/user.c" <<'EOF'
#include <assay/assay.h>
#include <stdio.h>
int main(void)
{
    return puts(assay_version()) < 0;
}
EOF
flags="$(pkg-config --cflags assay) ${BUILD_CFLAGS-}"
libs="$(pkg-config $static --libs assay) ${BUILD_CFLAGS-}"
expect "a C11 program builds against assay.pc" \
    ${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror $flags "$work/user.c" -o "$work/user" $libs
expect "and runs" sh -c "'$work/user' | grep -Fx '$version'"
if command -v c++ >/dev/null 2>&1; then
    cp "$work/user.c" "$work/user.cc"
    expect "the headers are C++ too" c++ -fsyntax-only -Wall -Wextra -Werror \
        $(pkg-config --cflags assay) "$work/user.cc"
fi

# run_example PROGRAM: the data of the example fails its suite, so 1 is its status; each
# expectation has its line.
run_example()
{
    "$1" "${srcdir:-.}/examples/orders.yml" "${srcdir:-.}/examples/orders.csv" >"$work/example"
    [ $? -eq 1 ] || return 1
    cat "$work/example"
    for line in 'pass *order_id.not_null (0 of 12 unexpected)' 'warn *email.not_null (1 of 12 .*)' \
        'fail *order_id.unique (2 of 12 unexpected)' '12 records: fail'; do
        grep -qx "$line" "$work/example" || return 1
    done
}

for source in "${srcdir:-.}"/examples/*.c; do
    [ -f "$source" ] || continue
    name=$(basename "$source" .c)
    expect "examples/$name.c builds against assay.pc" \
        ${CC:-cc} -std=c11 -Wall -Wextra -Werror $flags "$source" -o "$work/$name" $libs
    expect "and runs" run_example "$work/$name"
done

expect "make uninstall leaves no file" sh -c "
    ${MAKE:-make} -C '${builddir:-.}' uninstall DESTDIR='$root' >/dev/null &&
        [ -z \"\$(find '$root' ! -type d)\" ] || { find '$root' ! -type d; exit 1; }"
exit $failed
