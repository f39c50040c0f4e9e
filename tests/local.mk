# All tests, through the TAP driver: tests/lib/tap.sh turns the output of a unit
# program or the exit status of a script into TAP, and runs programs under
# $(VALGRIND) where that is set.

UNIT_TESTS = \
	tests/unit/api_test \
	tests/unit/clickhouse_types_test \
	tests/unit/column_test \
	tests/unit/convert_random_test \
	tests/unit/convert_test \
	tests/unit/csv_chunk_test \
	tests/unit/csv_record_test \
	tests/unit/csv_scan_test \
	tests/unit/csv_test \
	tests/unit/db_test \
	tests/unit/decimal_test \
	tests/unit/dfa_test \
	tests/unit/diag_test \
	tests/unit/distinct_test \
	tests/unit/dsn_test \
	tests/unit/escape_test \
	tests/unit/expr_eval_test \
	tests/unit/expr_parse_test \
	tests/unit/expr_sql_test \
	tests/unit/filter_test \
	tests/unit/formats_test \
	tests/unit/frequency_test \
	tests/unit/glob_test \
	tests/unit/gx_test \
	tests/unit/http_fields_test \
	tests/unit/http_test \
	tests/unit/ids_test \
	tests/unit/input_test \
	tests/unit/interp_test \
	tests/unit/json_frame_test \
	tests/unit/json_path_test \
	tests/unit/json_scan_test \
	tests/unit/json_schema_test \
	tests/unit/json_source_test \
	tests/unit/json_write_test \
	tests/unit/loose_date_test \
	tests/unit/merge_law_test \
	tests/unit/native_test \
	tests/unit/node_test \
	tests/unit/nomem_test \
	tests/unit/number_test \
	tests/unit/options_test \
	tests/unit/plan_test \
	tests/unit/postgres_types_test \
	tests/unit/quantile_test \
	tests/unit/regex_test \
	tests/unit/rising_test \
	tests/unit/set_test \
	tests/unit/sha256_test \
	tests/unit/sigv4_test \
	tests/unit/special_test \
	tests/unit/spill_test \
	tests/unit/strptime_test \
	tests/unit/suggest_test \
	tests/unit/time_test \
	tests/unit/timefmt_test \
	tests/unit/transcode_test \
	tests/unit/url_test \
	tests/unit/utf8_test \
	tests/unit/xml_write_test
FUZZ_TESTS = \
	tests/fuzz/checkpoint_fuzz \
	tests/fuzz/clickhouse_fuzz \
	tests/fuzz/convert_fuzz \
	tests/fuzz/csv_fuzz \
	tests/fuzz/csv_scan_fuzz \
	tests/fuzz/decompress_fuzz \
	tests/fuzz/dsn_fuzz \
	tests/fuzz/expr_fuzz \
	tests/fuzz/gx_fuzz \
	tests/fuzz/json_doc_fuzz \
	tests/fuzz/json_path_fuzz \
	tests/fuzz/ndjson_fuzz \
	tests/fuzz/number_fuzz \
	tests/fuzz/pg_copy_fuzz \
	tests/fuzz/regex_fuzz \
	tests/fuzz/remote_fuzz \
	tests/fuzz/suite_fuzz \
	tests/fuzz/text_fuzz \
	tests/fuzz/time_fuzz
CLI_TESTS = \
	tests/cli/checkpoint.sh \
	tests/cli/cli.sh \
	tests/cli/clickhouse.sh \
	tests/cli/completions.sh \
	tests/cli/convert.sh \
	tests/cli/csv_table.sh \
	tests/cli/filter.sh \
	tests/cli/front.sh \
	tests/cli/gx_cases.sh \
	tests/cli/gx_golden.sh \
	tests/cli/gx_kwargs.sh \
	tests/cli/gx_table.sh \
	tests/cli/hostile.sh \
	tests/cli/http.sh \
	tests/cli/inputs.sh \
	tests/cli/install.sh \
	tests/cli/json_table.sh \
	tests/cli/json_test_suite.sh \
	tests/cli/layers.sh \
	tests/cli/lists.sh \
	tests/cli/man.sh \
	tests/cli/man_examples.sh \
	tests/cli/readme.sh \
	tests/cli/s3.sh \
	tests/cli/sqlite_table.sh \
	tests/cli/style.sh \
	tests/cli/suite_table.sh \
	tests/cli/symbols.sh \
	tests/cli/trino.sh

# Headers and other parts that tests share.
TEST_SHARED = \
	tests/lib/as_clickhouse.h \
	tests/lib/as_json.h \
	tests/lib/as_odbc.h \
	tests/lib/as_postgres.h \
	tests/lib/as_sqlite.h \
	tests/lib/csv_table.h \
	tests/lib/case_file.h \
	tests/lib/convert_law.h \
	tests/lib/json_dump.h \
	tests/lib/json_give.h \
	tests/lib/law_table.h \
	tests/lib/law_tell.h \
	tests/lib/pack.h \
	tests/lib/source_dump.h \
	tests/lib/suite_dump.h \
	tests/lib/suite_text.h \
	tests/lib/table_batch.h \
	tests/lib/trickle.h \
	tests/unit/expr_fixture.h

# Whole folders of inputs.
TEST_FOLDERS = \
	tests/cases \
	tests/data \
	tests/server \
	tests/fuzz/corpus

EXTRA_DIST += $(CLI_TESTS) $(TEST_SHARED) $(TEST_FOLDERS) tests/lib/tap.sh \
	tests/lib/clickhouse_server.py \
	tests/lib/examples.sh \
	tests/lib/http_server.py \
	tests/lib/s3_server.py \
	tests/lib/tap_check.sh \
	tests/lib/transcript.sh \
	tests/lib/trino_server.py \
	tests/cli/checkpoint \
	tests/cli/clickhouse \
	tests/cli/convert \
	tests/cli/csv \
	tests/cli/filter \
	tests/cli/front \
	tests/cli/gx \
	tests/cli/inputs \
	tests/cli/json \
	tests/cli/sqlite \
	tests/cli/suite \
	tests/cli/trino

TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/lib/tap.sh
SH_LOG_COMPILER = $(LOG_COMPILER)
AM_TESTS_ENVIRONMENT = \
	ASSAY='$(abs_top_builddir)/assay'; export ASSAY; \
	CC='$(CC)'; export CC; \
	MAKE='$(MAKE)'; export MAKE; \
	BUILD_CFLAGS='$(BUILD_CFLAGS)'; export BUILD_CFLAGS; \
	builddir='$(abs_top_builddir)'; export builddir; \
	VALGRIND='$(VALGRIND)'; export VALGRIND;

# A program named tests/unit/x_test is made from tests/unit/x_test.c and LDADD.
LDADD = libassay-internal.la $(CMOCKA_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS) $(CLI_TESTS)
else
check-local:
	@echo "cmocka was not there when configure ran: install it (libcmocka-dev), configure again" >&2; exit 1
endif

# Programs made from more than their own file. The runner of the plain-text cases
# speaks TAP itself; the linker lets the test of failing memory fail it.
CASE_TESTS = tests/cases_runner
tests_cases_runner_SOURCES = tests/cases_runner.c tests/lib/as_clickhouse.c \
	tests/lib/as_json.c tests/lib/as_odbc.c tests/lib/as_postgres.c tests/lib/as_sqlite.c \
	tests/lib/case_file.c tests/lib/csv_table.c tests/lib/trickle.c
tests_cases_runner_LDADD = libassay-internal.la
tests_unit_convert_random_test_SOURCES = tests/unit/convert_random_test.c \
	tests/lib/convert_law.c tests/lib/suite_dump.c
tests_unit_convert_test_SOURCES = tests/unit/convert_test.c tests/lib/case_file.c \
	tests/lib/convert_law.c tests/lib/suite_dump.c
tests_unit_filter_test_SOURCES = tests/unit/filter_test.c tests/lib/as_json.c \
	tests/lib/case_file.c tests/lib/trickle.c
tests_unit_merge_law_test_SOURCES = tests/unit/merge_law_test.c tests/lib/law_table.c \
	tests/lib/law_tell.c tests/lib/table_batch.c
tests_unit_rising_test_SOURCES = tests/unit/rising_test.c tests/lib/table_batch.c
tests_unit_nomem_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=assay_arena_alloc,--wrap=assay_arena_array \
	-Wl,--wrap=assay_arena_scratch,--wrap=assay_arena_strdup
check_PROGRAMS += $(CASE_TESTS)
TESTS += $(CASE_TESTS)

# A fuzz target is a libFuzzer program under --enable-fuzzing. In every other build
# it is a test: tests/lib/fuzz_main.c hands it the files of its corpus and a bounded
# number of mutations of them.
if ENABLE_FUZZING
FUZZ_MAIN = $(FUZZ_LDFLAGS)
fuzzers: $(FUZZ_TESTS)
else
FUZZ_MAIN = libassay-fuzz-main.la
check_LTLIBRARIES = libassay-fuzz-main.la
libassay_fuzz_main_la_SOURCES = tests/lib/fuzz_main.c
TESTS += $(FUZZ_TESTS)
fuzzers:
	@echo "configure with CC=clang --enable-fuzzing to build the fuzzers" >&2; exit 1
endif
check_PROGRAMS += $(FUZZ_TESTS)
FUZZ_LIBS = $(FUZZ_MAIN) libassay-internal.la
.PHONY: fuzzers

# Each links alone.
tests_fuzz_checkpoint_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_clickhouse_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_convert_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_convert_fuzz_SOURCES = tests/fuzz/convert_fuzz.c tests/lib/convert_law.c \
	tests/lib/suite_dump.c
tests_fuzz_csv_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_csv_scan_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_decompress_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_dsn_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_expr_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_gx_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_json_doc_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_json_path_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_ndjson_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_number_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_pg_copy_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_regex_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_remote_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_suite_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_text_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_time_fuzz_LDADD = $(FUZZ_LIBS)
