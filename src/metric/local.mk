# Metrics: folds whose states merge.

noinst_LTLIBRARIES += libassay-metric.la
libassay_metric_la_SOURCES = \
	src/metric/absences.c \
	src/metric/columns.c \
	src/metric/counts.c \
	src/metric/distinct.c \
	src/metric/drift.c \
	src/metric/expectation.h \
	src/metric/extremes.c \
	src/metric/formats.c \
	src/metric/formats.h \
	src/metric/formats_codes.c \
	src/metric/formats_json.c \
	src/metric/frequency.c \
	src/metric/histogram.c \
	src/metric/judge.c \
	src/metric/judge.h \
	src/metric/kinds.c \
	src/metric/malformed.c \
	src/metric/match.c \
	src/metric/match.h \
	src/metric/match_list.c \
	src/metric/match_list.h \
	src/metric/metric.h \
	src/metric/metrics.h \
	src/metric/misfit.c \
	src/metric/misfit.h \
	src/metric/moments.c \
	src/metric/needs.c \
	src/metric/needs.h \
	src/metric/note.c \
	src/metric/predicate.h \
	src/metric/quantiles.c \
	src/metric/query.c \
	src/metric/query_sql.c \
	src/metric/query_sql.h \
	src/metric/registry.c \
	src/metric/rowkey.c \
	src/metric/rowkey.h \
	src/metric/rows.c \
	src/metric/sample.c \
	src/metric/sample.h \
	src/metric/schema_formats.c \
	src/metric/schema_formats.h \
	src/metric/sequence.c \
	src/metric/set.c \
	src/metric/set.h \
	src/metric/state.c \
	src/metric/state.h \
	src/metric/texts.c \
	src/metric/texts.h \
	src/metric/typed.c \
	src/metric/typed.h \
	src/metric/violations.c
