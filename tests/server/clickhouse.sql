CREATE TABLE orders (id Int64, customer Int32, price Float64, status Nullable(String),
    at DateTime) ENGINE = MergeTree ORDER BY id

INSERT INTO orders SELECT number + 1, number % 7, number / 4, if(number % 5 = 4, NULL, 'open'),
    toDateTime('2026-01-01 00:00:00', 'UTC') + number FROM numbers(1000)

CREATE TABLE customers (id Int32, name String) ENGINE = TinyLog

INSERT INTO customers SELECT number, concat('c', toString(number)) FROM numbers(6)

CREATE TABLE types (n Int64, i8 Int8, i16 Int16, i32 Int32, i64 Int64, u8 UInt8, u16 UInt16,
    u32 UInt32, u64 UInt64, f32 Float32, f64 Float64, d9 Decimal(9, 2), d38 Decimal(38, 10),
    s String, fs FixedString(4), d Date, dt DateTime, berlin DateTime('Europe/Berlin'), u UUID,
    e Enum8('red' = 1, 'it\'s' = 2), a Array(Nullable(String)), aa Array(Array(Float64)),
    t Tuple(Int8, String), ns Nullable(String), nd Nullable(Decimal(18, 4)),
    ndt Nullable(DateTime), ne Nullable(Enum16('x' = 1000)), nf Nullable(FixedString(2)))
    ENGINE = TinyLog

INSERT INTO types VALUES
(1, -128, -32768, -2147483648, -9223372036854775808, 255, 65535, 4294967295,
    18446744073709551615, 0.1, 0.1, 1234567.89, 1234567890123456789012345678.0123456789,
    'tab\tline\nquote\'back\\slash', 'ab', '2026-02-03', toDateTime('2026-02-03 04:05:06', 'UTC'),
    toDateTime('2026-07-03 04:05:06', 'UTC'), '61f0c404-5cb3-11e7-907b-a6006ad3dba0', 'it\'s',
    ['it\'s', NULL, 'a"b'], [[1, nan], []], (1, 'x'), NULL, NULL, NULL, NULL, NULL),
(2, 127, 32767, 2147483647, 9223372036854775807, 0, 0, 0, 0, -1.5, 1e300, -0.01,
    -0.0000000001, '', 'abcd', '1970-01-02', toDateTime('1970-01-01 00:00:01', 'UTC'),
    toDateTime('2026-01-03 04:05:06', 'UTC'), '00000000-0000-0000-0000-000000000000', 'red', [], [],
    (-1, ''), '\\N', 1.5, toDateTime('2026-01-01 00:00:00', 'UTC'), 'x', 'z')

CREATE TABLE floats (n Int64, f Float64, g Float64) ENGINE = TinyLog

INSERT INTO floats VALUES (1, 1, 1), (2, nan, nan), (3, inf, 2), (4, -inf, 3), (5, 1e300, 4)

CREATE TABLE decimals (n Int64, d Decimal(38, 0)) ENGINE = TinyLog

INSERT INTO decimals VALUES (1, 99999999999999999999999999999999999998),
    (2, 99999999999999999999999999999999999999), (3, -99999999999999999999999999999999999999)

CREATE TABLE large (n Int64, i Int64, u UInt64) ENGINE = TinyLog

INSERT INTO large VALUES (1, 9223372036854775807, 18446744073709551615),
    (2, 9223372036854775806, 18446744073709551614), (3, 9223372036854775807, 1)

CREATE TABLE bytes (n Int64, s String) ENGINE = TinyLog

INSERT INTO bytes SELECT 1, unhex('636166e9')

INSERT INTO bytes VALUES (2, 'café'), (3, 'plain')

CREATE TABLE long (n Int64, s String) ENGINE = TinyLog

INSERT INTO long SELECT number, arrayStringConcat(arrayMap(x -> 'x', range(number * 100000))) FROM numbers(4)

CREATE TABLE `sel"ect``\\'
; --` (`a``"\\'\n; --` Int64, `Select` String, `a.b` Int8, `ä😀` Nullable(String)) ENGINE = TinyLog

INSERT INTO `sel"ect``\\'
; --` VALUES (1, '\\', 1, 'x'), (2, '\'', 2, NULL)

CREATE TABLE many (id Int64) ENGINE = MergeTree ORDER BY id

INSERT INTO many SELECT number FROM numbers(1000000)

CREATE DATABASE other

CREATE TABLE other.parcels (id Int64) ENGINE = TinyLog

INSERT INTO other.parcels VALUES (1)

CREATE TABLE items_local (id Int64, kind String, price Float64, parent Int64) ENGINE = MergeTree ORDER BY id

CREATE TABLE items AS items_local ENGINE = Distributed(both, default, items_local)

INSERT INTO items_local SELECT number * 2, toString(number), number, number % 10 FROM numbers(5000)

CREATE TABLE parents (id Int64) ENGINE = TinyLog

INSERT INTO parents SELECT number FROM numbers(9)

CREATE TABLE many_local AS many ENGINE = MergeTree ORDER BY id

CREATE TABLE far AS many ENGINE = Distributed(cut, default, many_local)

CREATE TABLE slow_local AS items_local ENGINE = MergeTree ORDER BY id

CREATE TABLE slow AS items_local ENGINE = Distributed(both, default, slow_local)
