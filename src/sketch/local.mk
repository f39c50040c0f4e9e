# Small summaries of large data.

noinst_LTLIBRARIES += libassay-sketch.la
libassay_sketch_la_SOURCES = \
	src/sketch/budget.h \
	src/sketch/distinct.c \
	src/sketch/distinct.h \
	src/sketch/distinct_state.c \
	src/sketch/frequency.c \
	src/sketch/frequency.h \
	src/sketch/frequency_impl.h \
	src/sketch/frequency_read.c \
	src/sketch/frequency_sort.c \
	src/sketch/intset.c \
	src/sketch/intset.h \
	src/sketch/intset_impl.h \
	src/sketch/intset_walk.c \
	src/sketch/key.h \
	src/sketch/keylist.c \
	src/sketch/keylist.h \
	src/sketch/keyset.c \
	src/sketch/keyset.h \
	src/sketch/keyset_impl.h \
	src/sketch/keyset_sort.c \
	src/sketch/keyset_sort.h \
	src/sketch/keyset_walk.c \
	src/sketch/quantile.c \
	src/sketch/quantile.h \
	src/sketch/quantile_impl.h \
	src/sketch/quantile_pass.c \
	src/sketch/quantile_state.c \
	src/sketch/rising.c \
	src/sketch/rising.h \
	src/sketch/sorter.c \
	src/sketch/sorter.h \
	src/sketch/sorter_impl.h \
	src/sketch/sorter_pass.c \
	src/sketch/sorter_sort.c \
	src/sketch/spill.c \
	src/sketch/spill.h \
	src/sketch/varint.h
