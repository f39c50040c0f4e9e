# Objects in a store that speaks like S3 and checks every signature for itself.
. "${srcdir:=.}/tests/lib/tap_check.sh"
export LC_ALL=C TERM=dumb HOME=$PWD/home
unset NO_COLOR http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
unset "${!AWS_@}"

if "$ASSAY" list sources | grep '^s3 ' | grep -q 'not built in'; then
    printf 'version: 1\nchecks: [{row_count: {min: 1}}]\n' >s.yml
    absent() { assay s.yml s3://bucket/key 2 && grep -q HTTP-NOT-BUILT-IN err; }
    check "without libcurl it says that HTTP is not built in" absent
    done_testing
    exit 0
fi

# put BUCKET KEY FROM TO: an object of so many rows.
put() {
    mkdir -p "store/$1"
    seq "$3" "$4" | sed '1i id' \
        >"store/$1/$(python3 -c 'import sys, urllib.parse as u; print(u.quote(sys.argv[1], safe=""))' "$2")"
}
for bucket in private public session; do
    put $bucket a.csv 1 100
    put $bucket 'odd/a b+c&d=é%20<"?>.csv' 1 7
    put $bucket 'odd/k?region=nowhere' 8 9
    put $bucket t/dt=2026-11-01/x.csv 1 10
    put $bucket t/dt=2026-11-01/y.csv 11 20
    put $bucket t/dt=2026-11-02/x.csv 21 25
    put $bucket t/_SUCCESS 1 3
    put $bucket t/dt=2026-11-02/.part.crc 1 3
    put $bucket t/dt=2026-11-02/deep/x.csv 26 30
done
put private cut.csv 1 5000
put private cut2.csv 5001 9000
: >store/private/t%2Fdt=2026-11-03%2F
cat >s.yml <<'END'
version: 1
columns:
  id: {checks: [not_null, unique]}
END
mkfifo stop port
python3 "$srcdir/tests/lib/s3_server.py" store <stop >port 2>server.err &
exec {hold}>stop
read -r port <port
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_REGION=eu-test-1
export AWS_ACCESS_KEY_ID=AKIDTEST AWS_SECRET_ACCESS_KEY=CANARY/secret+key

quiet() {
    ! grep -l CANARY out err r.json 2>/dev/null
}

# rows N NAME OPTION...: passes with so many records.
rows() {
    local want=$1 name=$2
    shift 2
    assay s.yml "$name" 0 -v -o text -o json:r.json "$@" && quiet && grep -q "^$want record" out
}

# refused CODE WORDS NAME: no verdict, and why.
refused() {
    local status=3
    case $1 in S3-NAME | S3-PROFILE) status=2 ;; esac
    assay s.yml "$3" $status -o text --tries 1 && quiet && grep -q "error\[$1\]" err && grep -q "$2" err
}

files() {
    grep -o 's3://[^ ]*: [0-9,]* record' out || grep '^ *s3://' out
}

check "an object is read, signed" rows 100 s3://private/a.csv
check "and from a public bucket without keys" \
    env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$ASSAY" validate s.yml s3://public/a.csv
with_token() { AWS_SESSION_TOKEN=CANARYtoken== rows 100 s3://session/a.csv; }
check "a session's token is sent and signed" with_token
check "odd characters in a key" rows 7 's3://private/odd/a b+c&d=é%20<"?>.csv'
check "a key that looks like settings" rows 2 's3://private/odd/k?region=nowhere?'
check "an endpoint and a region in the name" env -u AWS_ENDPOINT_URL -u AWS_REGION \
    "$ASSAY" validate s.yml "s3://private/a.csv?endpoint=http://127.0.0.1:$port&region=eu-test-1"

check "all keys that begin so, page by page" rows 30 's3://private/t/dt=*'
check "a star in the middle stops at a slash" rows 15 's3://private/t/dt=*/x.csv'
check "a folder, without what tools keep there" rows 30 s3://private/t/
check "listing finds odd keys" rows 9 's3://private/odd/*'
order() {
    rows 30 s3://private/t/ &&
        python3 -c '
import json
files = [f["path"] for f in json.load(open("r.json"))["files"]]
assert files == sorted(files) and len(files) == 4, files'
}
check "objects are files of one run, in the order of their keys" order
connections() {
    local before
    before=$(wc -l <store/connections)
    rows 30 s3://private/t/ && [ "$(($(wc -l <store/connections) - before))" -le 3 ]
}
check "pages of a listing, and objects, share connections" connections
check "a public bucket is listed without keys" \
    env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$ASSAY" validate s.yml 's3://public/t/*'
check "a broken connection is mended, signed anew" rows 5,000 s3://private/cut.csv
check "in each of several objects" rows 9,000 's3://private/cut*'

check "no such key" refused HTTP-MISSING NoSuchKey s3://private/b.csv
check "no such bucket" refused HTTP-MISSING NoSuchBucket 's3://nobody/*'
check "nothing matches" refused SOURCE-MISSING 'no object' 's3://private/zz*'
check "what is no listing" refused S3-LIST 'no listing' 's3://odd/*'
check "another region" refused HTTP-REDIRECT 'region=eu-north-7' s3://elsewhere/a.csv
unsigned() {
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    refused HTTP-FORBIDDEN 'was not signed' s3://private/a.csv
}
check "no keys where some are wanted" unsigned
wrong_key() { AWS_SECRET_ACCESS_KEY=CANARYwrong refused HTTP-FORBIDDEN SignatureDoesNotMatch s3://private/a.csv; }
check "a wrong key" wrong_key
wrong_token() { AWS_SESSION_TOKEN=CANARYwrong refused HTTP-FORBIDDEN InvalidToken s3://session/a.csv; }
check "a wrong token" wrong_token
half() { (unset AWS_SECRET_ACCESS_KEY && refused S3-NAME 'only one of' s3://private/a.csv); }
check "half a pair of keys" half
check "keys in the name" refused S3-NAME 'no place' s3://AKID:CANARY@private/a.csv
check "no bucket" refused S3-NAME 'no name of a bucket' s3:///a.csv
check "an unknown setting" refused S3-NAME 'not known' 's3://private/a.csv?regoin=x'
check "a bad endpoint" refused S3-NAME 'no URL of a host' 's3://private/a.csv?endpoint=ftp://h'
check "a bad region" refused S3-NAME 'no region has' 's3://private/a.csv?region=a/b'

mkdir -p home/.aws
cat >home/.aws/credentials <<'END'
# the keys
[default]
aws_access_key_id = AKIDTEST
aws_secret_access_key = CANARY/secret+key
[wrong]
aws_access_key_id=AKIDOTHER
aws_secret_access_key=CANARYother
END
cat >home/.aws/config <<END
[default]
region = eu-test-1
[profile sso]
sso_start_url = https://sso.example
region = eu-test-1
END
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
check "keys and region of the default profile" rows 100 s3://private/a.csv
check "a profile that the name chooses" \
    refused HTTP-FORBIDDEN InvalidAccessKeyId 's3://private/a.csv?profile=wrong&region=eu-test-1'
named() { AWS_PROFILE=wrong AWS_REGION=eu-test-1 refused HTTP-FORBIDDEN InvalidAccessKeyId s3://private/a.csv; }
check "or the environment" named
check "no such profile" refused S3-PROFILE 'no AWS profile' 's3://private/a.csv?profile=none'
check "a profile whose keys are had in another way" \
    refused S3-PROFILE 'sso_start_url' 's3://private/a.csv?profile=sso'
check "the server had nothing to complain about" empty server.err
done_testing
