/*
 * The error codes. A test compares this table with the codes that the sources use.
 */
#include "config.h"

#include "cli/codes.h"

#include <string.h>

static const struct assay_code codes[] = {
    {"BUG-COUNTS",
     "At the end of a run not every declared expectation had exactly one verdict. This is "
     "a defect in assay, and the run gives no result rather than a wrong one. Please "
     "report it, with the suite if you can share it."},
    {"BUG-CSV", "The CSV reader did not arrive at the end of its data. This is a defect in assay; "
                "`--csv-engine libcsv` reads the file another way. Please report it, with the "
                "smallest file that shows it."},
    {"BUG-FILTER",
     "The records that passed and those that failed are together not as many as were read. "
     "This is a defect in assay, and what was written may not be used. Please report it, with "
     "the suite and the data if you can share them."},
    {"CHECKPOINT-ACTION",
     "A checkpoint of Great Expectations has an action that assay does not run, such as a "
     "message to a channel. Act on the exit status, or on a report."},
    {"CHECKPOINT-FILE",
     "A checkpoint of Great Expectations names a suite that is not where suites are kept, or "
     "data that are no file that it names: a query, or an asset that is configured elsewhere. "
     "The other runs are done. Write this one into a checkpoint of assay, with the path of the "
     "suite and of the data."},
    {"COLUMN-FAN-OUT",
     "A path with [*] stands for several values in one record, one an element of the array. "
     "Checks of that one column look at each of them; beside other columns, and in a "
     "`where`, there would be no saying which of them is meant. That check is an error and "
     "the others still run."},
    {"COLUMN-MISSING",
     "A check names a column that the data does not have. Usually the name is misspelt, "
     "differs in case or surrounding spaces, or the file has another delimiter or no "
     "header. That check is an error and the others still run; correct the name, or the "
     "`header` and `delimiter` options. The check `columns` turns missing columns into a "
     "plain failure."},
    {"CONVERT-LIMIT",
     "The suite in the other format would be larger or nested deeper than a suite may be, or "
     "holds a number that JSON does not have, such as .inf. Split the suite, or convert it to "
     "YAML."},
    {"CONVERT-LOSS",
     "Something of the suite has no equal in the format it is converted to. It is kept where "
     "only assay looks, under `meta`, so that nothing is lost on the way back, but whoever "
     "else reads the suite does not check it. With --strict this is an error."},
    {"CONVERT-MIXED",
     "The suite includes one that follows other conventions: types that are inferred, and "
     "words that are null, hold for all of a converted suite or for none. Convert each file by "
     "itself."},
    {"CROSSTAB-SIZE",
     "A check of how two columns go together holds the pairs of values that occur, and a table "
     "of their categories: a million at most. Columns with more different values say nothing "
     "about each other that way; give bins, or groups of values. That check is an error and "
     "the others still run."},
    {"CSV-BLANK",
     "An empty line stands where records have several fields. It is no record and takes no "
     "part in any check; it is counted and told as a notice. In a file with one column an "
     "empty line is a record."},
    {"CSV-DELIMITER",
     "The whole header is one column whose name holds another character that often "
     "separates fields. The file was probably written with that one. Say so with the "
     "option `delimiter`."},
    {"CSV-DIALECT",
     "The options `delimiter` and `quote` are the same character, or one of them is a line "
     "end. They must be two different ASCII characters."},
    {"CSV-DISAGREE",
     "libcsv does not read a record the way it was framed. This is a defect in assay, "
     "found by its own cross-check. Please report it, with the record."},
    {"CSV-DUPLICATE-COLUMN",
     "Several columns of the data have the name that a check gives. Say which one is meant "
     "by its number, as \"name#1\" or \"name#2\"; better, have the column renamed where the "
     "file is made."},
    {"CSV-ENCODING",
     "The first bytes of the data are of another encoding than the one it is read in, "
     "UTF-8 unless an option says otherwise. Set the option `encoding` (utf-8, latin1, "
     "utf-16le, utf-16be), or convert the file with iconv first."},
    {"CSV-FIELD-LIMIT",
     "A field or a record is longer than the limit of 64 MiB for a field. Nearly always a "
     "quote was opened and never closed, and the rest of the file counts as one field. The "
     "message says where it begins; check the quotes there and the options `quote` and "
     "`delimiter`. The option `max_field` raises the limit; a record may have twice as much."},
    {"CSV-FIELD-SIZE",
     "A field is longer than the reader's limit for one field. Nearly always a quote was "
     "opened and never closed. Check the quotes there and the options `quote` and "
     "`delimiter`."},
    {"CSV-HEADER",
     "The option `header` was given an empty list of column names. Give `yes`, `no`, or at "
     "least one name."},
    {"CSV-KERNEL",
     "The environment variable ASSAY_CSV_KERNEL names a scanner that this machine or this "
     "build does not have. Unset it, or use one of avx512, avx2, sse2, neon and portable; "
     "`portable` is always there and gives the same results."},
    {"CSV-NAMELESS-COLUMN",
     "A column has no name in the header. Its values are read, but no check can name it. "
     "Name it where the file is made, or give all names with the option `header`."},
    {"CSV-NO-HEADER",
     "The first line was taken for the header and looks like data: most of its fields are "
     "numbers. If the file has no header, say `header: no`, or give the names as a list."},
    {"CSV-NUL",
     "A record holds a NUL byte, which text does not. Files cut short by a crash, written "
     "by a broken export or encoded in UTF-16 look like that. The record is counted by "
     "well_formed; mend the file, or set the option `encoding`."},
    {"CSV-OPEN-QUOTE",
     "A quote was opened and is never closed, so everything up to the end of the file "
     "became part of one field. The record is malformed and the records behind it were "
     "swallowed. Close the quote; inside a quoted field a quote is written twice. Text behind a "
     "closing quote, as in \"abc\"def, makes the field go on as well: the help line then says "
     "where."},
    {"CSV-PREAMBLE",
     "The first lines have fewer fields than the many that follow: titles or remarks above "
     "the real header. Pass over them with the option `skip_lines`."},
    {"CSV-QUOTE",
     "A quote stands where CSV has none: inside an unquoted field, or before more text "
     "after the closing quote. The record was read leniently, as the text stands. Inside a "
     "quoted field quotes are doubled, \"\" and not \\\"; a field that holds a quote is quoted "
     "as a whole."},
    {"CSV-RAGGED",
     "A record has more or fewer fields than the header. Typical causes are a delimiter "
     "inside a field that is not quoted, a line break inside one, or a file cut short. The "
     "record is counted by well_formed and takes no part in other checks."},
    {"CSV-REPEATED-HEADER",
     "The header stands again in the middle of the data, as it does when files were "
     "joined. That record is malformed and takes no part in other checks. Join files "
     "without their headers, or name them all with a pattern such as 'data/*.csv'."},
    {"CSV-SCRATCH",
     "The values of a record need more room than the reader has for one batch. The record "
     "is far longer than any that CSV is meant for; look for a quote that is not closed."},
    {"CSV-UTF8",
     "A record holds bytes that are not UTF-8. A single high byte between plain letters is "
     "how Latin-1 looks: set the option `encoding`. Otherwise the file was damaged, or cut "
     "within a character. The record is counted by well_formed."},
    {"DB-AUTH",
     "The database does not take the user or the password. assay reads a password from the "
     "source's name, from PGPASSWORD, ~/.pgpass or CLICKHOUSE_PASSWORD, and shows it nowhere."},
    {"DB-BUSY",
     "Another program holds a lock on the database for longer than `connect_timeout` allows "
     "to wait. Try again later, or raise it. Nothing was evaluated."},
    {"DB-CONNECT",
     "The database cannot be reached or opened: no such file or host, nobody listens, or the "
     "file cannot be read. assay never creates a database. Check the source's name."},
    {"DB-CORRUPT",
     "The file is no SQLite database, or a damaged one. Check the path, and the file with "
     "SQLite's `PRAGMA integrity_check`."},
    {"DB-DENIED",
     "The user may not read the table. Grant SELECT on it to that user; assay needs nothing "
     "else."},
    {"DB-DRIVER",
     "This program was built without the library that reaches that kind of database. "
     "`assay list sources` shows what is built in; install the library and configure again."},
    {"DB-DSN",
     "The name of a database source is wrong, or does not say what to read. It has the form "
     "sqlite:PATH?table=NAME or SCHEME://USER@HOST/DATABASE?table=NAME; instead of `table` "
     "there may be `query`, and options of the same names do too. %XX stands for characters "
     "that mean something in a URL."},
    {"DB-LOST",
     "The connection to the database broke while rows were read. What was read counts for "
     "nothing, and no expectation has a verdict. Run again."},
    {"DB-QUERY", "The database could not run a statement. The message is its own."},
    {"DB-STATEMENT",
     "A query or a condition was refused: it is not one statement that only reads, or the "
     "database does not understand it. Give one SELECT without anything behind it; a "
     "`where` is one condition in the database's own SQL."},
    {"DB-SUMMARY",
     "What a database counted for one run was to be merged with other rows, which takes the "
     "values themselves. Say `pushdown: off`, so that they are read."},
    {"DB-TABLE",
     "The database has no table or view of that name, or the user may not see it. Names are "
     "taken exactly as they are written, capitals too; name the schema where it is not the "
     "usual one."},
    {"DB-TIMEOUT",
     "A statement took longer than `statement_timeout` allows and was cancelled. Raise it, or "
     "make the statement faster with an index or a `where`."},
    {"DB-VALUE",
     "A value of the database cannot be read: it is larger than the limit for one value, or "
     "not what its type says. Leave its column out with a `query`, or mend the value."},
    {"EXPR-EVALUATE",
     "The expression of a `where` could not be evaluated for a record: a division by zero, "
     "a text where a number is due, a number of more than 38 digits. Which rows are meant "
     "is then unknown, so the check is an error. Guard the expression with CASE, nullif or "
     "coalesce, or declare the column's type."},
    {"EXPR-MEMORY",
     "An expression made longer texts than it may hold at once. Look for a replace or a "
     "concatenation that grows without bound."},
    {"FILTER-MIXED",
     "What a filter passes on is one file: CSV, lines of JSON, one array, or documents one behind "
     "the other. Records of files that differ in this make no such file together. Filter the "
     "files of each kind by themselves; validate reads them together."},
    {"FILTER-SAME",
     "The records would be written into the file that they are read from, which would be "
     "empty, or grow without end. Write to another file and rename it afterwards."},
    {"FILTER-SOURCE",
     "Records are told apart by the bytes that they had, and this source has none, such as the "
     "table of a database. Validate it, or let the database pick the records."},
    {"HTTP-CONNECT",
     "The server could not be reached: there is no host of that name, nobody listens at that "
     "port, or a firewall is in between. Nothing was read. Behind a proxy, set https_proxy."},
    {"HTTP-CUT",
     "The connection broke before everything had come. Where the server names what it sends "
     "by a strong ETag and can send a part of it (Range), the rest is fetched in the same "
     "run. Otherwise there is no telling whether two parts belong to one file, and no "
     "verdict is given. Try again, or download the file first and check that."},
    {"HTTP-FORBIDDEN",
     "The server, or a proxy on the way, does not allow the request: it wants a user and a "
     "password, or those given have no right to it, or a signed URL has expired. Some "
     "servers say the same of what is not there."},
    {"HTTP-LIMIT",
     "A server announced or sent more than the limit `max_download`. Raise it if the data "
     "is meant to be that large."},
    {"HTTP-MISSING",
     "The server says that there is nothing at that path. Check the URL; some servers say "
     "the same of what may not be read."},
    {"HTTP-NOT-BUILT-IN",
     "This program was built without libcurl and cannot use the network. Fetch the data with "
     "another program and read it from standard input, or build assay with libcurl."},
    {"HTTP-PROTOCOL",
     "What the server sent contradicts itself or the protocol: not HTTP at all, more bytes "
     "than it announced, another part than it was asked for, an encoding that nobody asked "
     "for. Data from such an answer is not trusted. Check the port; a proxy may be at fault."},
    {"HTTP-REDIRECT",
     "The server sends the request elsewhere: to another host or port, from https to http, "
     "or round in a circle. Redirects are followed on the same host only, so that no "
     "password reaches a server that was not named. If the new place is right, name it."},
    {"HTTP-STATUS",
     "The server answered with a status that is no success. Status 500 and above are its "
     "own faults; it was asked several times. Nothing of the answer was taken for data."},
    {"HTTP-TIMEOUT", "The server was not reached in time, or sent next to nothing for too long. "
                     "`connect_timeout` and `idle_timeout` set how long to wait, in seconds."},
    {"HTTP-TLS",
     "A secure connection could not be made: the server's certificate is not trusted, is "
     "out of date or is for another host, or the two sides share no version of TLS. "
     "Certificates are always verified. For a server with an authority of its own, name "
     "the authority's certificate with `ca_file`."},
    {"HTTP-URL",
     "A URL cannot be asked for as it stands: no host, a port that is no number, a space or "
     "a control character, a % that begins no code. In a password write @ as %40, : as %3A, "
     "/ as %2F and % as %25."},
    {"INTERNAL",
     "assay arrived at something that cannot be. This is a defect in assay; the run gives "
     "no verdict rather than a wrong one. Please report it."},
    {"INTERRUPTED",
     "A signal, such as Ctrl-C, or the calling program stopped the run before its end. "
     "There is no result: half of the data gives no verdict. The exit status is 128 plus "
     "the number of the signal."},
    {"JSON-DEPTH",
     "Arrays and objects are nested deeper than 512 levels. Nothing meant as records looks "
     "like that; it is read no further, and there is no verdict. The place is the bracket "
     "that is one too many."},
    {"JSON-DUPLICATE-KEY",
     "An object has the same key twice, and readers disagree about which of them counts. The "
     "record is counted by well_formed and takes no part in other checks. Keys that differ in "
     "case only are two keys, and a notice."},
    {"JSON-FORMAT",
     "The data was said to be NDJSON, where each line is a record, and the first line is not "
     "a whole one: the records go over several lines, or stand in an array. Use `format: "
     "json`, or leave the format to be told from the data."},
    {"JSON-NO-ARRAY",
     "A column's path has [*], and what stands there in a record is no array, nor null: the "
     "column has no values from that record, whatever it holds. It is counted by well_formed, "
     "and takes part in all checks."},
    {"JSON-NUL",
     "A string has the escape \\u0000, which stands for the character NUL. The value keeps it, "
     "and the record takes part in all checks; programs written in C and most databases cut "
     "such a text short, or refuse it."},
    {"JSON-PATH",
     "The name of a column is a key that holds a dot, and at the same time the path to a key "
     "within an object. Say which is meant: the key in double quotes, or the path as a JSON "
     "Pointer such as /customer/city."},
    {"JSON-RECORD", "A record is JSON, but no object: there are no keys to check. It is counted by "
                    "well_formed and takes no part in other checks."},
    {"JSON-RECORD-LIMIT",
     "A record does not end within 128 MiB. Usually it is a whole document that was taken for "
     "one line, or the quote of a string is missing. `format: json` reads an array of records, "
     "`records: /path` those inside of a document, in bounded memory. The option `max_field` "
     "raises the limit, which is twice that."},
    {"JSON-RECORDS",
     "The option `records` names a place in the document where there is no array of records, "
     "and no object. It is a JSON Pointer: /data/items is the value of `items` within that of "
     "`data`."},
    {"JSON-SURROGATE",
     "A string has an escape from \\ud800 to \\udfff that is not one of two that belong together. "
     "Alone it is no character. The record is counted by well_formed and takes no part in other "
     "checks."},
    {"JSON-SYNTAX",
     "A record is not JSON, or there is something besides records. The place is the first byte "
     "that does not fit. The record is counted by well_formed and takes no part in other "
     "checks. Comments, single quotes, keys without quotes, commas before a closing bracket, "
     "NaN and Infinity are not JSON."},
    {"JSON-TRUNCATED",
     "The data ends before the array or object that it consists of does. Usually a download or "
     "an export was cut off. There is no verdict, since nobody knows what is missing. A last line "
     "of NDJSON that was cut off is malformed, and told so where nothing else failed."},
    {"JSON-UTF8",
     "A string has bytes that are not UTF-8, which JSON is always written in. The record is "
     "counted by well_formed and takes no part in other checks. Data in another encoding can "
     "be read with `encoding`."},
    {"LIMIT",
     "What grows with the data went past what it may take, even with the help of temporary "
     "files. Raise --memory-limit, or check fewer columns in one run."},
    {"MEMORY",
     "The system gave no more memory. Free some, or lower --memory-limit so that more goes "
     "to temporary files."},
    {"MERGE",
     "Two intermediate results that do not belong together met. This is a defect in assay. "
     "Please report it, with the suite if you can share it."},
    {"NUMBER-LENGTH",
     "A number in the data has more digits than can be kept for comparing. Numbers are "
     "compared exactly, whatever their size, up to that limit; look at the value, which is "
     "hardly meant as a number."},
    {"OUTPUT-PIPE",
     "Whoever read the standard output left before all was written, as head does. Nothing is "
     "said of it, and the exit status is 141, that of SIGPIPE, unless a check failed."},
    {"OUTPUT-SAME",
     "A report or a quarantine would replace the suite, the data, the data of a relationship "
     "or another report, by that name or another one. Nothing was written; give it a file of "
     "its own."},
    {"OUTPUT-WRITE",
     "A report, a quarantine or the records that pass could not be written: a full disk, a "
     "missing directory, a permission. Without a report the verdict stands and is in the "
     "other reports; a run that passed ends in exit status 5. Where records of `assay filter`, "
     "or its quarantine, cannot be written it stops, and ends in exit status 3. An older file "
     "of that name is untouched."},
    {"QUERY-SQL",
     "The query of an unexpected_rows check is not one SELECT that SQLite understands, names "
     "a column that the data does not have, or this assay was built without SQLite. {batch} "
     "stands for the table of records; the message is SQLite's."},
    {"RANK", "The selection of a quantile lost its place. This is a defect in assay. Please report "
             "it, with the suite if you can share it."},
    {"REGEX-FAULT",
     "The library that matches patterns failed for a reason other than its limits, such as "
     "a want of memory. The check is an error, never \"no match\"."},
    {"REGEX-LIMIT",
     "Matching a pattern against a value took more steps than allowed, as nested "
     "repetition such as (a+)+ does. The check is an error, never \"no match\". Write the "
     "pattern so that each character can match in one way only, or bound its repetitions."},
    {"S3-LIST",
     "A bucket was to be listed, and what the server answered is no listing that S3 knows: "
     "not XML, cut, or at odds with itself. Check the endpoint; it must offer ListObjectsV2."},
    {"S3-NAME",
     "A name that begins with s3:// cannot be used: the bucket's name, a setting behind the "
     "'?', the endpoint or the region is not what it can be, or only half of a pair of keys "
     "is set. Names look like s3://bucket/key?endpoint=https://host&region=eu-central-1."},
    {"S3-PROFILE",
     "The profile that AWS_PROFILE or `profile=` names is not in ~/.aws/credentials or "
     "~/.aws/config, cannot be read, or gets its keys in a way that assay cannot follow, "
     "such as single sign-on. `aws configure export-credentials --format env` prints "
     "variables that it can use."},
    {"SCHEMA-LIMIT",
     "Whether a value keeps to a JSON schema could not be decided: its references lead in a "
     "circle, or a pattern took more steps than allowed. The check is an error, never a pass."},
    {"SOURCE-CHANGED",
     "The file changed while it was read, or between two readings of it. A verdict about "
     "half of the old data and half of the new would be worth nothing. Check a file that "
     "nobody writes: a copy, or one that was renamed into place when it was complete."},
    {"SOURCE-CORRUPT",
     "Compressed data is damaged: its checksum or structure is wrong. Copy or download the "
     "file again."},
    {"SOURCE-DIRECTORY",
     "The source is a directory. Name a file, or a pattern such as 'data/*.csv'."},
    {"SOURCE-EXPANSION",
     "Compressed data unpacks to far more than its size, or asks for more memory than is "
     "allowed. This guards against files made to fill memory or disk. If the file is "
     "honest, unpack it first."},
    {"SOURCE-FORMAT",
     "The data is of a kind that cannot be read, or the option `format` names one that "
     "there is not. `assay list formats` shows what there is; the help line says how to "
     "convert what was found."},
    {"SOURCE-GLOB",
     "A pattern matches too many files, or a directory in which files may match cannot be "
     "read. Skipping files silently could hide what is wrong with them. Name fewer files, "
     "or get the permission."},
    {"SOURCE-HEADER-MISMATCH",
     "The files of a pattern do not have the same columns in the same order. The message "
     "names the first difference. Check files of one shape in one run."},
    {"SOURCE-MISSING",
     "There is no such file, or no file matches the pattern. A path in a suite starts at "
     "the suite's directory, one on the command line at the working directory. In a shell, "
     "quote patterns."},
    {"SOURCE-OPEN", "The file exists and cannot be opened, for the reason that the system gave."},
    {"SOURCE-PARTITIONS",
     "The directories key=value on the way to a file are columns, and one of the files has "
     "other keys than the first. Read files of one shape in one run, or set `partitions: none`, "
     "which takes directories for names only."},
    {"SOURCE-PERMISSION",
     "You may not read the file, or not search a directory on the way to it. The message "
     "names its owner and mode."},
    {"SOURCE-READ",
     "Reading failed in the middle, for the reason that the system gave: a failing disk, a "
     "network file system that went away. No verdict is given from half of the data."},
    {"SOURCE-REWIND",
     "A check needs to see the data twice, and the source is a pipe of which only the "
     "beginning is kept. Save the data to a file and check that."},
    {"SOURCE-SCHEME",
     "The source is a URL of a kind that assay does not read. `assay list sources` shows those "
     "that it does; pipe the data in, or save it to a file first."},
    {"SOURCE-TRUNCATED",
     "The data ends in the middle: of a compressed stream, or of a character. The file is "
     "incomplete; copy or download it again."},
    {"SOURCE-TWICE",
     "Two of the names stand for the same file, whose records would count twice, as duplicates "
     "too. Name each file once: a pattern or a directory may stand for it already."},
    {"SPILL", "A temporary file could not be made, written or read back. Make room, name another "
              "directory with --temp-dir or TMPDIR, or raise --memory-limit so that less goes to "
              "disk."},
    {"STATE",
     "The saved state of a metric cannot be made or read: it is too large, damaged, or was "
     "made with another seed. Compute it anew from the data."},
    {"STATE-FORMAT",
     "The saved state is not of the metric that it is loaded for, or of a version that "
     "this assay does not read. Compute it anew from the data."},
    {"SUITE-ALIAS",
     "The suite uses an anchor (&name) or an alias (*name). They are refused, since a few "
     "bytes of them can stand for gigabytes. Write the value out, or share checks through "
     "`include`."},
    {"SUITE-BOUNDS",
     "A bound makes no sense: a minimum above its maximum, a share outside of 0 to 1, a "
     "negative count, a warning threshold that could never warn. The caret shows which."},
    {"SUITE-CHECK",
     "There is no expectation of that name. `assay list expectations` shows all of them."},
    {"SUITE-CHOICE",
     "The value is not one of the words that are allowed there. The help line lists them, "
     "or the nearest."},
    {"SUITE-DOCUMENTS",
     "The file holds several YAML documents. Put each suite into a file of its own."},
    {"SUITE-DUPLICATE",
     "A map has the same key twice, and one of them would silently win; or a list of columns "
     "the same name, or the suite a second well_formed. The message names both places; remove "
     "one."},
    {"SUITE-EMPTY", "A text or a list that must have something in it is empty."},
    {"SUITE-ENCODING",
     "The suite is not UTF-8, or holds a control character that YAML does not allow. Save "
     "it as UTF-8."},
    {"SUITE-EXPR",
     "An expression (`where`, `that`) has an error: its syntax, an unknown function, or "
     "types that do not go together. The caret shows the place. assay-suite(5) describes "
     "the language."},
    {"SUITE-FILE",
     "The suite cannot be opened or read, for the reason that the system gave. Check the "
     "path."},
    {"SUITE-FORMAT", "The file is no suite. A suite starts with `version: 1` and has `checks` or "
                     "`columns`."},
    {"SUITE-ID",
     "Two checks have the same id, or are the same check of the same column. Results are "
     "told apart by their ids. Remove one, or give each an `id` of its own."},
    {"SUITE-INCLUDE",
     "An included file is missing, lies outside of the directory of the suite that was "
     "named, or files include each other in a circle. The help line shows the chain."},
    {"SUITE-KEY",
     "A key is not known where it stands, or says the same as another. The help line has "
     "the nearest known key, or all of them."},
    {"SUITE-LEGACY",
     "A warning: a keyword of a Great Expectations suite is not known, or no longer means "
     "anything. It is passed over; remove it, or correct its spelling."},
    {"SUITE-LIMIT",
     "The suite is larger, deeper or has more parts than a suite may have: 1 MiB, 64 "
     "levels, 100,000 parts, 64 columns in one check. Split it with `include`."},
    {"SUITE-MISSING",
     "A check lacks something that it needs: a parameter, a bound or a column. `assay "
     "explain` with the check's name shows its parameters."},
    {"SUITE-NO-CHECKS",
     "A warning: the suite has no checks, so that a run of it evaluates nothing and ends in "
     "exit status 4. Checks stand under `checks:`, and under `columns:` for one column."},
    {"SUITE-OPTION",
     "An option under `options` has a value that it cannot have. The help line says what "
     "is expected."},
    {"SUITE-PARAMETER",
     "A suite of Great Expectations refers to a parameter that has no value, or computes "
     "with one in a way that is not understood. Give the value in the suite's parameters, "
     "or write it where it is used."},
    {"SUITE-PLAIN",
     "A warning: a value without quotes is read by the rules of YAML 1.2, and other "
     "readers of YAML take it for something else (NO for false, 12:30 for a number). Quote "
     "it to say what is meant."},
    {"SUITE-REGEX",
     "A regular expression cannot be compiled. Patterns are PCRE2's (see pcre2pattern(3)). "
     "In YAML write them in single quotes, in which a backslash is a backslash."},
    {"SUITE-SCHEMA",
     "The schema of a json_schema check is no JSON schema. The message begins with the place, "
     "as a path of keys from its root."},
    {"SUITE-SCOPE",
     "A check about the whole table stands under a column. Move it to the `checks` of the "
     "suite."},
    {"SUITE-SYNTAX",
     "The file is no valid YAML, or no valid JSON. The caret shows where reading stopped; "
     "the cause is often on the line above: a quote not closed, a tab, indentation that "
     "does not line up."},
    {"SUITE-TAG",
     "A YAML tag other than those of the core schema, or one that does not suit its value. "
     "Take it out."},
    {"SUITE-TEXT",
     "A warning: a bound is a text, and the column has no declared type, so that values are "
     "compared as text, where \"10\" comes before \"9\". Write numbers without quotes, and "
     "declare the type of the column, with its `format` where dates are not ISO 8601."},
    {"SUITE-TYPE",
     "A value is of the wrong type: text where a number is due, a list where a map is due, "
     "a value that no column of the declared type could have. Mind the quotes: '5' is text "
     "and 5 a number."},
    {"SUITE-VAR",
     "A variable ${NAME} is set neither by --var nor in the environment and has no "
     "default, or it is misspelt or not UTF-8. Write ${NAME:-default} to have one; the "
     "text ${ itself is written $${."},
    {"SUITE-VERSION",
     "The suite's `version` is missing its number, or needs a newer assay. This one reads "
     "version 1."},
    {"TIME-FORMAT",
     "A time format is wrong. Formats are built of parts such as %Y-%m-%d %H:%M:%S; the "
     "message says which character is not understood."},
    {"USAGE-COMMAND", "There is no such command. `assay --help` lists the commands."},
    {"USAGE-COUNT", "More arguments of one kind than can be taken."},
    {"USAGE-FLAG", "The command has no such option. `assay COMMAND --help` lists what it takes."},
    {"USAGE-FORMAT",
     "A report format is not known, its path is empty, or two reports would both go to the "
     "standard output. `assay list reporters` shows the formats; give all but one a path, "
     "as -o junit:report.xml."},
    {"USAGE-OPERANDS",
     "Something that must be named is not, or too much is: a suite, a source, a list. The "
     "help line shows the usage."},
    {"USAGE-OPTION",
     "A setting has a value that it cannot have, or there is no setting of that name. The "
     "help line says what is expected."},
    {"USAGE-SET", "--set takes NAME=VALUE, where NAME is a shared setting or `severity`."},
    {"USAGE-SOURCE",
     "Nothing says what to check: name a source on the command line or as `source` in the "
     "suite, or pipe data in and say `-`. A terminal is not taken for data."},
    {"USAGE-TOPIC",
     "There is no expectation, parameter, setting, report, source or error code of that name. "
     "`assay list expectations` shows the expectations; codes stand in brackets in messages."},
    {"USAGE-VALUE", "The option needs a value and has none, or has one and takes none."},
    {"USAGE-VAR", "--var takes NAME=VALUE. NAME is a letter or '_', then letters, digits and '_'."},
    {"VALUE-RANGE",
     "A number lies so far outside that sums and means with it cannot be computed exactly: "
     "its digits reach beyond 1e450 or below 1e-450. Add a `range` check to find it."},
    {"VALUE-TYPE",
     "A check of numbers or times met values that are neither. The message shows the first "
     "and its line. If they stand for a missing value, list them in the option "
     "`null_values`; if they are wrong, declare the column's `type`, which counts and "
     "shows them as failures."},
};

const struct assay_code *assay_codes(size_t *count)
{
    *count = sizeof codes / sizeof codes[0];
    return codes;
}

const struct assay_code *assay_code_find(const char *code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i].code, code) == 0)
            return &codes[i];
    return NULL;
}
