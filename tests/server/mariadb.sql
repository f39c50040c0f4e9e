-- What the transcripts in tests/server/mariadb are about. Run as the superuser.
create table orders (
    id bigint primary key,
    customer varchar(40) not null,
    amount decimal(12, 2),
    placed timestamp null
);
insert into orders
select seq, concat('c', seq % 10), seq * 1.25,
    timestamp('2025-12-01 00:00') + interval seq minute from seq_1_to_1000;

-- D6: not ours to read.
create database closed;
create table closed.payroll (id int);

-- D8, T3: names that would do harm if they were pasted.
create table `Orders 2` (`Id` int primary key, `a``; drop table orders; --` int, `Select` text);
insert into `Orders 2` values (1, 100, 'x'), (2, 200, 'y');
create table `a.b` (v int);
insert into `a.b` values (7);
create table `x``; drop table orders; --` (v int);
insert into `x``; drop table orders; --` values (8);
create table `Größe ß` (`größe é` int);
insert into `Größe ß` values (9);

-- D11, D12, D13: what other engines do not have, or have otherwise.
set sql_mode = '';
create table odd (
    id int primary key, big bigint unsigned, d decimal(65, 30), f float, g double, one bit(1), bits bit(9),
    flag tinyint(1), code char(5), e enum('a', 'b'), s set('x', 'y'), doc json, raw varbinary(4), u uuid,
    ip inet6, place point, day date, at datetime(6), seen timestamp(3) null, span time(2), y year
);
insert into odd values
    (1, 18446744073709551615, '12345678901234567890123456789012345.123456789012345678901234567890', 0.1, 5, 1, 300,
     1, 'ab', 'a', 'x,y', '{"a": [1, 2]}', x'00ff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
     '::1', point(1, 2), '0000-00-00', '2025-12-31 23:00:00.123456', '2025-12-31 23:00:00.120', '-12:34:56.78', 2025);
insert into odd (id) values (2);
create table big (id int primary key, v decimal(65), w bigint);
insert into big values
    (1, 1234567890123456789012345678901234567890, 9223372036854775807),
    (2, 1234567890123456789012345678901234567890, 9223372036854775807),
    (3, -9999999999999999999999999999999999999999, -1);

-- D14: other character sets, and collations to which different texts are equal.
create table cafes (id int primary key, name varchar(20) character set latin1, city varchar(20));
insert into cafes values (1, 'café', 'Paris'), (2, 'CAFÉ', 'PARIS'), (3, 'café ', 'Paris '), (4, 'cafe', 'paris');

-- D15: long values, and one that is longer than a value may be.
create table longs (id int primary key, v longtext, raw longblob);
insert into longs values (1, 'short', x'00'), (2, repeat('ä', 100000), repeat(x'0102', 5000));
create table longer (id int primary key, v longtext);
insert into longer values (1, repeat('x', 70000000));

delimiter //
create function writes() returns int modifies sql data
begin
    insert into orders values (0, 'x', 0, null);
    return 1;
end //
delimiter ;
grant execute on assay.* to assay@'127.0.0.1';
grant file on *.* to assay@'127.0.0.1';
