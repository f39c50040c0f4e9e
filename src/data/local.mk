# Values, types, columns and batches.

noinst_LTLIBRARIES += libassay-data.la
libassay_data_la_SOURCES = \
	src/data/batch.c \
	src/data/batch.h \
	src/data/bitmap.h \
	src/data/column.c \
	src/data/column.h \
	src/data/type.c \
	src/data/type.h
