# The benchmark; bench/run builds its programs when it needs them.

EXTRA_PROGRAMS = bench/generate bench/libcsv_loop bench/measure bench/yajl_loop
bench_generate_SOURCES = bench/generate.c
bench_libcsv_loop_SOURCES = bench/libcsv_loop.c
bench_libcsv_loop_LDADD = $(CSV_LIBS)
bench_measure_SOURCES = bench/measure.c
bench_yajl_loop_SOURCES = bench/yajl_loop.c
bench_yajl_loop_LDADD = $(YAJL_LIBS)

BENCH_FILES = \
	bench/README.md \
	bench/gate.yml \
	bench/generate.c \
	bench/gx_validate.py \
	bench/keys.yml \
	bench/libcsv_loop.c \
	bench/measure.c \
	bench/narrow.yml \
	bench/orders.sql \
	bench/orders.yml \
	bench/orders_gx.json \
	bench/orders_postgres.sql \
	bench/run \
	bench/yajl_loop.c

EXTRA_DIST += $(BENCH_FILES)
CLEANFILES += $(EXTRA_PROGRAMS)
