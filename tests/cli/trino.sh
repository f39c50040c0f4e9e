# Tables of Trino, by its REST protocol, from a server of the tests' own that is good, busy
# or faulty: one transcript a kind in tests/cli/trino.
: "${srcdir:=.}"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY TRINO_USER TRINO_PASSWORD TRINO_HOST
if "$ASSAY" list sources | grep '^trino ' | grep -q 'not built in'; then
    echo "1..0 # SKIP no libcurl"
    exit 0
fi
trino_work=$(mktemp -d) || exit 1
mkdir "$trino_work/data"
cat >"$trino_work/data/tables.sql" <<'SQL'
CREATE TABLE shop.orders (id bigint, customer bigint, price double, status varchar);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO shop.orders SELECT i, i % 7, i / 4.0, CASE WHEN i % 5 = 4 THEN NULL ELSE 'open' END FROM n;
CREATE TABLE shop.customers (cid bigint, name varchar);
INSERT INTO shop.customers VALUES (0, 'a'), (1, 'b'), (2, 'c'), (3, 'd'), (4, 'e'), (5, 'f');
CREATE TABLE shop.types (n integer, b boolean, d "decimal(38, 2) text", f double, c "char(4)", t "timestamp(3)",
    z "timestamp(3) with time zone", day date, u uuid, raw varbinary, a "array(varchar)", j json, v varchar);
INSERT INTO shop.types VALUES
    (1, 1, '123456789012345678901234567890123456.78', 'NaN', 'ab  ', '2026-01-02 03:04:05.678',
        '2026-01-02 03:04:05.678 UTC', '2026-01-02', '61f0c404-5cb3-11e7-907b-a6006ad3dba0', x'00ff', '["x",null]',
        '{"k":1}', 'it''s "ä😀"'),
    (2, 0, '-0.01', 'Infinity', 'abcd', '1970-01-01 00:00:00.000', '1970-01-01 00:00:00.000 UTC', '1970-01-01',
        '00000000-0000-0000-0000-000000000000', x'', '[]', 'null', ''),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE shop."hostile ""name"";
--" ("a""b; --" bigint, "select" varchar);
INSERT INTO shop."hostile ""name"";
--" VALUES (1, 'it''s'), (2, '\');
SQL
mkfifo "$trino_work/stop" "$trino_work/port"
python3 "$srcdir/tests/lib/trino_server.py" "$trino_work/data" <"$trino_work/stop" >"$trino_work/port" \
    2>"$trino_work/err" &
exec {trino_hold}>"$trino_work/stop"
read -r trino_port <"$trino_work/port"
export T=trino://reader@127.0.0.1:$trino_port/mem/shop T_BASE=127.0.0.1:$trino_port/mem/shop trino_work trino_port ASSAY
unset USER

replay_masks='/^waiting for data$/d; s/127\.0\.0\.1:[0-9][0-9]*/HOST:PORT/g; s,//:[0-9][0-9]*,//:PORT,g'
. "$srcdir/tests/lib/transcript.sh"
trap 'exec {trino_hold}>&-; rm -rf "$replay_work" "$trino_work"' EXIT
replay_all tests/cli/trino
