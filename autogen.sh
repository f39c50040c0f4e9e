#!/bin/sh
# Makes ./configure from a clone. Needs autoconf, automake, libtool, pkg-config
# and autoconf-archive.
set -e
cd "$(dirname "$0")"

missing=
for tool in autoreconf automake libtoolize:glibtoolize pkg-config:pkgconf; do
    command -v "${tool%%:*}" >/dev/null 2>&1 || command -v "${tool##*:}" >/dev/null 2>&1 ||
        missing="$missing ${tool%%:*}"
done
if [ -n "$missing" ]; then
    echo "autogen.sh: not found:$missing (scripts/quickstart installs what is missing)" >&2
    exit 1
fi
macros=$(aclocal --print-ac-dir)
if [ ! -f "$macros/ax_pthread.m4" ] && ! ls "$macros"/../*/ax_pthread.m4 >/dev/null 2>&1; then
    echo "autogen.sh: autoconf-archive is not in $macros; install that package" >&2
    exit 1
fi
mkdir -p m4
exec autoreconf --install --force
