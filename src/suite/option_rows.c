/*
 * The table of shared settings: in a suite, on the command line, in help and completions.
 */
#include "config.h"

#include "suite/options.h"

static const char *const encodings[] = {"utf-8", "latin1", "utf-16le", "utf-16be", NULL};
static const char *const engines[] = {"scan", "libcsv", NULL};
static const char *const json_engines[] = {"scan", "yajl", NULL};
static const char *const duplicate_keys[] = {"error", "first", "last", NULL};
static const char *const short_records[] = {"malformed", "null", NULL};
static const char *const partition_kinds[] = {"hive", "none", NULL};
static const char *const fail_ons[] = {"fail", "warn", "error", NULL};
static const char *const pushdowns[] = {"auto", "off", "always", NULL};
static const char *const result_formats[] = {"boolean_only", "basic", "summary", "complete", NULL};
static const char *const severities[] = {"error", "warn", "info", NULL};

#define BOTH (ASSAY_OPTION_SUITE | ASSAY_OPTION_COMMAND)
#define AT(member) offsetof(struct assay_options, member)

static const struct assay_option rows[] = {
    {"delimiter", ASSAY_OPTION_BYTE, BOTH, NULL, "CHAR",
     "what separates fields: a character, or `tab`; the default is a comma", AT(source.delimiter),
     false},
    {"quote", ASSAY_OPTION_BYTE, BOTH, NULL, "CHAR",
     "what encloses fields; the default is a double quote", AT(source.quote), false},
    {"header", ASSAY_OPTION_HEADER, BOTH, NULL, "yes|no|NAME,…",
     "whether the first line names the columns, or the names where it does not", AT(source.header),
     false},
    {"encoding", ASSAY_OPTION_CHOICE, BOTH, encodings, "NAME",
     "of the data: utf-8, latin1, utf-16le or utf-16be", AT(source.encoding), false},
    {"null_values", ASSAY_OPTION_LIST, BOTH, NULL, "TEXT,…",
     "texts that mean null, besides the unquoted empty field of CSV", AT(source.null_values),
     false},
    {"trim", ASSAY_OPTION_FLAG, BOTH, NULL, NULL, "spaces and tabs around a field are not data",
     AT(source.trim), false},
    {"skip_lines", ASSAY_OPTION_UINT64, BOTH, NULL, "N", "lines to pass over before the header",
     AT(source.skip_lines), false},
    {"short_records", ASSAY_OPTION_CHOICE, BOTH, short_records, "WHAT",
     "CSV: a record with too few fields is malformed (the default), or its last values are null",
     AT(source.short_records), false},
    {"csv_engine", ASSAY_OPTION_CHOICE, BOTH, engines, "NAME",
     "scan (the default) or libcsv; both give the same results", AT(source.csv_engine), false},
    {"json_engine", ASSAY_OPTION_CHOICE, BOTH, json_engines, "NAME",
     "scan (the default) or yajl; both give the same results", AT(source.json_engine), false},
    {"duplicate_keys", ASSAY_OPTION_CHOICE, BOTH, duplicate_keys, "WHAT",
     "JSON: a key that an object has twice is an error (the default), or its first or last value "
     "counts",
     AT(source.duplicate_keys), false},
    {"allow_nan", ASSAY_OPTION_FLAG, BOTH, NULL, NULL,
     "JSON: NaN, Infinity and -Infinity are numbers", AT(source.allow_nan), false},
    {"records", ASSAY_OPTION_TEXT, BOTH, NULL, "POINTER",
     "JSON: where in the document the array of records is, such as /data/items", AT(source.records),
     false},
    {"max_field", ASSAY_OPTION_SIZE, BOTH, NULL, "SIZE",
     "most bytes of one value, up to 1GiB, and half of those of a record; the default is 64MiB",
     AT(source.max_field), true},
    {"format", ASSAY_OPTION_TEXT, BOTH, NULL, "NAME",
     "of the data, where it is not to be told from the data itself", AT(source.format), false},
    {"table", ASSAY_OPTION_TEXT, BOTH, NULL, "NAME",
     "databases: the table or view to check, such as sales.orders", AT(source.table), false},
    {"query", ASSAY_OPTION_TEXT, BOTH, NULL, "SQL",
     "databases: one reading statement whose rows to check instead", AT(source.query), false},
    {"where", ASSAY_OPTION_TEXT, BOTH, NULL, "SQL",
     "databases: a condition in their SQL; only rows for which it is true are read",
     AT(source.where), false},
    {"partition", ASSAY_OPTION_LIST, BOTH, NULL, "COLUMN=VALUE,…",
     "databases: only rows that have these values, by the database's own equality",
     AT(source.partition), false},
    {"order_by", ASSAY_OPTION_LIST, BOTH, NULL, "COLUMN,…",
     "databases: columns that give the rows an order, and so their numbers", AT(source.order_by),
     false},
    {"connect_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "how long to wait for a connection, or a lock of a database; the default is 10s",
     AT(source.connect_timeout), true},
    {"statement_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "databases: how long one statement may take; the default is no limit",
     AT(source.statement_timeout), true},
    {"idle_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "how long a web server may send next to nothing; the default is 60s", AT(source.idle_timeout),
     true},
    {"tries", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "how often to ask a web server that is busy or breaks off; the default is 5", AT(source.tries),
     true},
    {"max_download", ASSAY_OPTION_SIZE, BOTH, NULL, "SIZE",
     "most to take from a web server for one file; the default is no limit",
     AT(source.max_download), true},
    {"ca_file", ASSAY_OPTION_TEXT, BOTH, NULL, "FILE",
     "certificates of the authorities to trust in place of the system's", AT(source.ca_file),
     false},
    {"partitions", ASSAY_OPTION_CHOICE, BOTH, partition_kinds, "NAME",
     "whether directories such as dt=2026-11-01 are columns: hive (the default) or none",
     AT(source.partitions), false},
    {"pushdown", ASSAY_OPTION_CHOICE, BOTH, pushdowns, "WHEN",
     "databases: auto (the default) lets them compute what spares streaming a column, always "
     "what they can, off nothing",
     AT(pushdown), false},
    {"threads", ASSAY_OPTION_UINT32, BOTH, NULL, "N", "workers; the default is one a core, up to 8",
     AT(threads), true},
    {"memory_limit", ASSAY_OPTION_SIZE, BOTH, NULL, "SIZE",
     "memory for what grows with the data (512MB, 2GiB); the rest goes to temporary files",
     AT(memory_limit), true},
    {"temp_dir", ASSAY_OPTION_TEXT, BOTH, NULL, "DIR",
     "where temporary files go; the default is TMPDIR or /var/tmp", AT(temp_dir), false},
    {"as_of", ASSAY_OPTION_TIME, BOTH, NULL, "TIME",
     "the clock for freshness and now(); the default is the present", AT(as_of), false},
    {"limit", ASSAY_OPTION_UINT64, BOTH, NULL, "N",
     "stop after so many records; the result is marked partial", AT(limit), true},
    {"sample", ASSAY_OPTION_SHARE, BOTH, NULL, "SHARE",
     "look at a share of the records (0.1 or 10%), always the same ones; marked partial",
     AT(sample), true},
    {"max_samples", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "failing values to show an expectation; the default is 20", AT(max_samples), false},
    {"result_format", ASSAY_OPTION_CHOICE, BOTH, result_formats, "LEVEL",
     "how much -o gx tells: boolean_only, basic, summary (the default) or complete",
     AT(result_format), false},
    {"index_columns", ASSAY_OPTION_LIST, BOTH, NULL, "NAME,…",
     "columns whose values tell which rows failed, in json and gx", AT(index_columns), false},
    {"max_values", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "entries of a list of values in json and gx; the default is 200", AT(max_values), true},
    {"fail_on", ASSAY_OPTION_CHOICE, BOTH, fail_ons, "LEVEL",
     "what ends in exit status 1: fail (the default), warn, or error (neither)", AT(fail_on),
     false},
    {"allow_empty", ASSAY_OPTION_FLAG, BOTH, NULL, NULL,
     "data without records is no reason for exit status 4", AT(allow_empty), false},
    {"exit_zero", ASSAY_OPTION_FLAG, ASSAY_OPTION_COMMAND, NULL, NULL,
     "exit with 0 although expectations failed (errors still show)", AT(exit_zero), false},
    {"severity", ASSAY_OPTION_CHOICE, 0, severities, "LEVEL", "the severity of every check",
     AT(severity), false},
    {"tag", ASSAY_OPTION_LIST, ASSAY_OPTION_COMMAND | ASSAY_OPTION_REPEAT, NULL, "TAG,…",
     "run only checks that have one of these tags", AT(tags), false},
};

#undef AT
#undef BOTH

const struct assay_option *assay_option_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}
