CREATE TABLE items_local (id Int64, kind String, price Float64, parent Int64) ENGINE = MergeTree ORDER BY id

INSERT INTO items_local SELECT number * 2 + 1, toString(number + 2500), 5000 + number, number % 10 FROM numbers(5000)

CREATE TABLE parents (id Int64) ENGINE = TinyLog

CREATE TABLE many_local (id Int64) ENGINE = MergeTree ORDER BY id

INSERT INTO many_local SELECT number FROM numbers(1000000)

CREATE VIEW slow_local AS SELECT toInt64(number) AS id, 'x' AS kind,
    number + sleepEachRow(0.00001) AS price, toInt64(1) AS parent FROM system.numbers LIMIT 10000000
