# Servers of the tests' own: source this, then call server_begin.
#
# Each lives in one folder, under an unprivileged user, on a loopback port that was free,
# and is stopped by its process id when the script ends, however it ends: processes get a
# signal when the script dies, and a folder that a killed script left behind is removed by
# the next one.
#
#   server_need COMMAND...       ends the script with 77 where a program is not installed
#   server_begin NAME            makes $server_work; NAME is part of its name
#   server_port                  prints a loopback port that is free
#   server_as COMMAND...         runs a command as the servers' user
#   server_folder NAME           makes a folder of the servers' user, and prints its path
#   server_start NAME SIGNAL COMMAND...   starts a server in the background
#   server_wait NAME SECONDS COMMAND...   until the command succeeds; fails, and shows the
#                                server's log, where the server ended or the time is over
#   server_stop NAME             stops it with its signal, and waits
: "${srcdir:=.}"
server_work=
server_names=

server_need()
{
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || {
            echo "$program is not installed"
            exit 77
        }
    done
}

# What a script that was killed has left: its folder names the process that made it.
server_sweep()
{
    local folder owner
    for folder in "${TMPDIR:-/tmp}"/assay-server-*; do
        [ -f "$folder/owner" ] || continue
        read -r owner <"$folder/owner" || continue
        [ "$(server_identity "${owner%% *}")" = "$owner" ] || rm -rf "$folder"
    done
}

# A process id and when it began, which tells it from a later process of the same id.
server_identity()
{
    echo "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)"
}

server_begin()
{
    server_need setpriv python3
    server_sweep
    server_work=$(mktemp -d "${TMPDIR:-/tmp}/assay-server-$1.XXXXXX") || exit 1
    chmod 755 "$server_work"
    trap server_end EXIT
    trap 'exit 1' HUP INT TERM
    server_identity $$ >"$server_work/owner"
}

server_end()
{
    local name
    for name in $server_names; do
        server_stop "$name"
    done
    [ -z "$server_work" ] || rm -rf "$server_work"
}

# Root becomes nobody; anybody else is unprivileged enough.
server_as()
{
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups \
            env HOME="$server_work" "$@")
    else
        "$@"
    fi
}

server_folder()
{
    mkdir -p "$server_work/$1" && chmod 700 "$server_work/$1" || return 1
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$server_work/$1"
    echo "$server_work/$1"
}

server_port()
{
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# A folder of its own as working directory, so that what it drops is dropped there.
server_start()
{
    local name=$1 signal=$2 folder
    shift 2
    folder=$(server_folder "$name.run") || return 1
    local -a user=()
    [ "$(id -u)" -ne 0 ] || user=(--reuid=65534 --regid=65534 --clear-groups)
    (cd "$folder" && exec setpriv ${user[@]+"${user[@]}"} --pdeathsig "$signal" \
        env HOME="$folder" "$@") >"$server_work/$name.log" 2>&1 </dev/null &
    echo "$!" >"$server_work/$name.pid"
    echo "$signal" >"$server_work/$name.signal"
    server_names="$name $server_names"
}

server_pid()
{
    cat "$server_work/$1.pid"
}

server_wait()
{
    local name=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$(server_pid "$name")" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; then
            echo "$name did not start:" >&2
            tail -n 30 "$server_work/$name.log" >&2
            return 1
        fi
        sleep 0.1
    done
}

server_stop()
{
    local pid end=$((SECONDS + 20))
    pid=$(server_pid "$1" 2>/dev/null) || return 0
    rm -f "$server_work/$1.pid"
    kill -s "$(cat "$server_work/$1.signal")" "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do
        sleep 0.05
    done
    kill -s KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    return 0
}
