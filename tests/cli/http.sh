# Sources on a web server, good and faulty: whatever happens to the connection, the verdict
# is the one of the whole data or there is none, and no secret is in any output.
. "${srcdir:=.}/tests/lib/tap_check.sh"
export LC_ALL=C TERM=dumb
unset NO_COLOR http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

if "$ASSAY" list sources | grep '^http ' | grep -q 'not built in'; then
    printf 'id\n1\n' >data.csv
    printf 'version: 1\nchecks: [{row_count: {min: 1}}]\n' >s.yml
    absent() { assay s.yml http://127.0.0.1:9/a.csv 2 && grep -q HTTP-NOT-BUILT-IN err; }
    check "without libcurl it says that HTTP is not built in" absent
    done_testing
    exit 0
fi

mkdir www
awk 'BEGIN { print "id,name,amount"; for (i = 1; i <= 3000; i++) printf "%d,name %d,%d.50\n", i, i, i }' >www/a.csv
sed 's/^2900,/29,/' www/a.csv >www/twice.csv
gzip -c www/a.csv >www/a.csv.gz
sed 1d www/a.csv | sed 's/\(.*\),\(.*\),\(.*\)/{"id":\1,"name":"\2"}/' >www/a.ndjson
: >www/empty.csv
cat >s.yml <<'END'
version: 1
columns:
  id: {checks: [not_null, unique]}
  name: {checks: [regex: '^name [0-9]+$']}
checks: [{row_count: {min: 3000, max: 3000}}]
END
printf 'version: 1\nchecks: [{row_count: {min: 3000, max: 3000}}]\n' >count.yml

# serve NAME FOLDER ARGUMENT...: starts a server that ends with this script; sets port.
serve() {
    local name=$1 script=$2
    shift 2
    mkfifo "$name.stop" "$name.port"
    python3 "$srcdir/tests/lib/$script" "$@" <"$name.stop" >"$name.port" 2>"$name.err" &
    exec {hold}>"$name.stop"
    read -r port <"$name.port"
}
serve plain http_server.py www
url=http://127.0.0.1:$port

# Nothing that is secret may be seen, nor what a server says.
quiet() {
    ! grep -l CANARY out err *.json *.xml 2>/dev/null
}

# passes PATH OPTION...
passes() {
    local path=$1
    shift
    assay s.yml "$url$path" 0 -o text -o json:r.json -o junit:r.xml "$@" && quiet &&
        grep -q '3,000 records' out
}

# withheld PATH CODE WORDS OPTION...: no verdict, and why.
withheld() {
    local path=$1 code=$2 words=$3
    shift 3
    assay count.yml "$url$path" 3 -o text -o json:r.json --tries 2 "$@" && quiet &&
        grep -q "error\[$code\]" err && grep -q "$words" err || return 1
    ! grep -q '"verdict": *"pass"' r.json 2>/dev/null
}

asked() {
    grep -c "GET $1" www/log
}

check "a file is read from a web server" passes /ok/a.csv
check "gzip is told by its first bytes" passes /ok/a.csv.gz
check "what the server says is gzip is unpacked" passes /encoded/a.csv.gz
check "JSON is told by its first bytes, behind a query too" \
    passes '/ok/a.ndjson?token=CANARY&day=CANARY#CANARY'
check "chunks are put together" passes /chunked/a.csv
check "a redirect on the same host is followed" passes /move/a.csv
check "a busy server is asked again" passes /503-once/a.csv
sends_user() { assay s.yml "http://user:CANARY@127.0.0.1:$port/private/a.csv" 0 && quiet; }
check "a user and password are sent" sends_user
check "an empty file has no rows" run 1 "$ASSAY" validate count.yml "$url/ok/empty.csv"

# --- broken connections

check "a broken connection is mended" passes /cut/a.csv
check "so is one that is reset" passes /reset/a.csv
check "and one in the middle of gzip" passes /cut/a.csv.gz
check "and one in the middle of chunks" passes /chunked-cut/a.csv
check "a connection that breaks often is mended often" passes /cut-often/a.csv --tries 40
check "while it mends, the server may be away" passes /cut-down/a.csv
resumed() { grep 'GET /cut/a.csv ' www/log | tail -1 | grep -q 'bytes=[0-9]*- "[0-9a-f]*"'; }
check "the rest is asked for by Range and If-Match" resumed
half=$(($(wc -c <www/a.csv) / 2))
size=$(wc -c <www/a.csv)
check "without an ETag there is no mending" \
    withheld /cut-noetag/a.csv HTTP-CUT "without a strong ETag.* at byte $half of $size after [0-9,]* records"
check "nor with a weak one" withheld /weak-cut/a.csv HTTP-CUT "without a strong ETag"
check "nor where the object changed" withheld /cut-changed/a.csv SOURCE-CHANGED "its ETag is another"
check "nor where only its ETag says so" \
    withheld /cut-changed-blind/a.csv SOURCE-CHANGED "its ETag is another"
check "nor where the server knows no Range" withheld /cut-norange/a.csv HTTP-CUT "all of it again"
check "nor where it says 416" withheld /cut-416/a.csv HTTP-CUT "status 416"
check "nor where it sends another part" withheld /cut-wrong-range/a.csv HTTP-CUT "another part"
check "nor where it is gone" withheld /cut-gone/a.csv HTTP-CUT "does not send the rest"
check "nor in chunks without an ETag" withheld /chunked-cut-noetag/a.csv HTTP-CUT "at byte $half"
check "a server that promises more than it has" withheld /long/a.csv HTTP-CUT "at byte $size of"
check "a server that promises less than it sends" withheld /short/a.csv HTTP-PROTOCOL "sent more"
check "a connection that breaks too often" withheld /cut-often/a.csv HTTP-CUT "too often"

unframed() { passes /unframed/a.csv && grep -q 'does not say where the data ends' out; }
check "data without a known end is read, and said to be so" unframed

# --- other faults

check "404" withheld /nothing/a.csv HTTP-MISSING 'status 404'
check "401" withheld /401/a.csv HTTP-FORBIDDEN 'status 401'
check "403" withheld /403/a.csv HTTP-FORBIDDEN 'status 403'
check "500, after several tries" withheld /500/a.csv HTTP-STATUS 'status 500'
check "500 was asked for twice" test "$(asked /500/a.csv)" = 2
check "a Retry-After of ages is not waited for" withheld /429-long/a.csv HTTP-STATUS 'status 429'
check "not HTTP at all" withheld /garbage/a.csv HTTP-PROTOCOL 'not HTTP'
check "an encoding that nobody asked for" withheld /brotli/a.csv HTTP-PROTOCOL encoded
check "a loop of redirects" withheld /loop/a.csv HTTP-REDIRECT 'more than 5'
check "a redirect to another host" \
    withheld /elsewhere/a.csv HTTP-REDIRECT 'another host: http://localhost:9/stolen?token=\*\*\*'
check "a redirect to a file" withheld /to-file/a.csv HTTP-REDIRECT 'from what\|neither http nor https'
check "a silent server" withheld /silent/a.csv HTTP-TIMEOUT 'no answer' --idle-timeout 1s --tries 1
check "a slow server" withheld /slow/a.csv HTTP-CUT 'broke at byte' --idle-timeout 1s
check "a size limit that is announced to be passed" \
    withheld /ok/a.csv HTTP-LIMIT 'limit of 1000 bytes' --max-download 1000
check "a size limit that is passed without" \
    withheld /endless/a.csv HTTP-LIMIT 'limit of 5000000 bytes' --max-download 5MB
nobody() { assay count.yml http://127.0.0.1:1/a.csv 3 && grep -q 'error\[HTTP-CONNECT\]' err; }
check "nobody listens" nobody
no_url() { assay count.yml "$1" 2 && grep -q 'error\[HTTP-URL\]' err && quiet; }
check "a space in a URL" no_url 'http://user:CANARY@127.0.0.1/a b.csv'
check "no host in a URL" no_url 'http://user:CANARY@/a.csv'
check "no such port" no_url 'http://user:CANARY@127.0.0.1:99999/a.csv'

interrupted() {
    local before now pid
    before=$(asked /silent/a.csv)
    "$ASSAY" validate count.yml "$url/silent/a.csv" >out 2>err &
    pid=$!
    for now in $(seq 200); do
        [ "$(asked /silent/a.csv)" = "$before" ] || break
        sleep 0.1
    done
    kill -INT $pid
    wait $pid
    test $? -eq 130
}
check "Ctrl-C ends a wait for a server" interrupted

# --- secrets

secret_url=http://user:CANARY@127.0.0.1:$port
secrets() {
    assay s.yml "$secret_url/private/a.csv?sig=CANARY" 0 -v -o text -o json:r.json -o junit:r.xml \
        -o text:r.txt && quiet && ! grep CANARY r.txt &&
        grep -q "http://\*\*\*@127.0.0.1:$port/private/a.csv?sig=\*\*\*" r.json
}
check "a user, a password and a query are not shown" secrets
secret_errors() {
    local path
    for path in /401/a.csv /cut-noetag/a.csv /garbage/a.csv /loop/a.csv /long/a.csv /brotli/a.csv \
        /elsewhere/a.csv /ok/missing.csv; do
        assay count.yml "$secret_url$path?sig=CANARY" 3 -v -o text -o json:r.json --tries 1 &&
            quiet || return 1
    done
}
check "nor in any error" secret_errors
secret_suite() {
    printf 'version: 1\nsource: %s/private/a.csv?t=${T}\nchecks: [{row_count: {min: 3000, max: 3000}}]\n' \
        'http://user:${PW}@127.0.0.1:'"$port" >with.yml
    PW=CANARY T=CANARY run 0 "$ASSAY" validate with.yml -v -o text -o json:r.json && quiet &&
        PW=CANARY T=CANARY run 0 "$ASSAY" lint with.yml && quiet
}
check "nor where a suite names the source" secret_suite
secret_other() {
    cat >other.yml <<END
version: 1
columns:
  id: {checks: [{relationships: {to: "$secret_url/private/a.csv?t=CANARY", column: id}}]}
END
    assay other.yml "$url/ok/a.csv" 0 -v -o text -o json:r.json -o junit:r.xml && quiet
}
check "nor where a check names another source" secret_other
not_sent() { ! grep -v ' /private\| /401\| /cut-noetag\| /garbage\| /loop\| /long\| /brotli\| /elsewhere\| /ok/missing' www/log | grep -q Basic; }
check "a password goes nowhere but where it was named" not_sent

# --- reading twice

twice() {
    assay s.yml "$url$1" 1 -o text && grep -q 'line' out && grep -q '29' out && grep -q "$2" out
}
check "what fails is looked at again where the ETag is the same" twice /ok/twice.csv 'line 2901'
once() {
    assay s.yml "$url$1" 1 -o text && grep -q 'cannot be read twice' out
}
check "without an ETag it is not, and that is said" once /noetag/twice.csv
check "with a weak ETag neither" once /weak/twice.csv
changed() {
    assay s.yml "$url/changes/twice.csv" 3 -o text && grep -q 'error\[SOURCE-CHANGED\]' err
}
check "an object that changed between two readings has no verdict" changed

# --- TLS

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
    serve tls http_server.py www cert.pem key.pem
    untrusted() { assay s.yml "https://localhost:$port/ok/a.csv" 3 && grep -q 'error\[HTTP-TLS\]' err; }
    check "a certificate that nobody vouches for is refused" untrusted
    trusted() { assay s.yml "https://localhost:$port/ok/a.csv" 0 --ca-file cert.pem; }
    check "it is taken where it is named" trusted
    wrong_host() {
        assay s.yml "https://127.0.0.1:$port/ok/a.csv" 3 --ca-file cert.pem && grep -q 'error\[HTTP-TLS\]' err
    }
    check "but not for another host" wrong_host
    no_fallback() { assay s.yml "http://localhost:$port/ok/a.csv" 3 --tries 1; }
    check "plain HTTP to a TLS port is an error" no_fallback
fi
done_testing
