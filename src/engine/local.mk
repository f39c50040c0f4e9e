# Plan, streams, threads, Run.

noinst_LTLIBRARIES += libassay-engine.la
libassay_engine_la_SOURCES = \
	src/engine/api.c \
	src/engine/bind.c \
	src/engine/dialect.c \
	src/engine/dialect.h \
	src/engine/dialect_clickhouse.c \
	src/engine/dialect_mariadb.c \
	src/engine/dialect_odbc.c \
	src/engine/dialect_postgres.c \
	src/engine/dialect_sqlite.c \
	src/engine/dialect_trino.c \
	src/engine/explain.c \
	src/engine/explain.h \
	src/engine/filter.c \
	src/engine/filter.h \
	src/engine/filter_part.c \
	src/engine/filter_part.h \
	src/engine/fold.c \
	src/engine/fold.h \
	src/engine/infer.c \
	src/engine/judgement.c \
	src/engine/judgement.h \
	src/engine/other.c \
	src/engine/other.h \
	src/engine/pass.c \
	src/engine/pass.h \
	src/engine/plan.c \
	src/engine/plan.h \
	src/engine/quarantine.c \
	src/engine/run.c \
	src/engine/run.h \
	src/engine/sources.c \
	src/engine/sources.h \
	src/engine/sql.c \
	src/engine/sql.h \
	src/engine/sql_cost.c \
	src/engine/sql_parent.c \
	src/engine/sql_rows.c \
	src/engine/sql_values.c \
	src/engine/validate.c \
	src/engine/validate.h \
	src/engine/written.c \
	src/engine/written.h
