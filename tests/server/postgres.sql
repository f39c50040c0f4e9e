-- What the transcripts in tests/server/postgres are about. Run as the role `assay`.
create table orders (
    id bigint primary key,
    customer text not null,
    amount numeric(12, 2),
    placed timestamptz
);
insert into orders
select i, 'c' || i % 10, i * 1.25, timestamptz '2025-12-01 00:00Z' + i * interval '1 minute'
from generate_series(1, 1000) i;

-- D6: not ours to read; a schema that is not ours to look into.
create schema closed;
create table closed.secrets (id int);
create table payroll (id int);

-- D8, T3: names that fold, and names that would do harm if they were pasted.
create table "Orders" ("Id" int, id int, "a""; drop table orders; --" int, "Select" text);
insert into "Orders" values (1, 10, 100, 'x'), (2, 20, 200, 'y');
create table "a.b" (v int);
insert into "a.b" values (7);
create table "x""; drop table orders; --" (v int);
insert into "x""; drop table orders; --" values (8);
create table "Größe 😀" ("größe 😀" int);
insert into "Größe 😀" values (9);

-- D10, D11, D12, D13: what other engines do not have, or have otherwise.
create table floats (id int, v float8, n numeric);
insert into floats values (1, 1.5, 1.5), (2, 'NaN', 'NaN'), (3, 'Infinity', 'Infinity'),
    (4, '-Infinity', -0.00), (5, null, null);
create table times (id int, at timestamptz, day date);
insert into times values (1, '2025-12-31 23:00Z', '2025-12-31'), (2, 'infinity', '-infinity'),
    (3, '0044-03-15 12:00 BC', '0001-12-31 BC'), (4, '294276-12-31 23:59:59.999999Z', '5874897-12-31');
create type mood as enum ('sad', 'ok', 'happy');
create domain positive as int check (value > 0);
create table odd (
    id positive, tags int[], doc jsonb, raw bytea, feeling mood, span int4range, pair point,
    wait interval, code char(5), key uuid
);
insert into odd values
    (1, '{1,2,null}', '{"a": [1, 2]}', '\x00ff', 'ok', '[1,5)', '(1,2)', '1 day 02:03', 'ab',
     'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
    (2, null, null, null, null, null, null, null, null, null);
create table big (id int8, v numeric(40), w int8);
insert into big values
    (1, 1234567890123456789012345678901234567890, 9223372036854775807),
    (2, 1234567890123456789012345678901234567890, 9223372036854775807),
    (3, -9999999999999999999999999999999999999999, -1);
create table words (id int, v text);
insert into words values (1, '12'), (2, 'twelve'), (3, '1e400'), (4, ' 5');

-- D19: two of these rows are ours to see.
create table tenants (id int, owner name);
insert into tenants values (1, 'assay'), (2, 'other'), (3, 'assay');
create view tenant_view as select id from tenants;

-- D15: more than one value may have.
create table long (id int, v text, raw bytea, doc jsonb);
insert into long values (1, 'short', '\x00', '{}'), (2, repeat('x', 70000000), '\x00', '{}');
create table longer (id int, raw bytea);
insert into longer values (1, decode(repeat('00', 70000000), 'hex'));
