# The program. It links the library's objects, not the shared library: it starts
# faster, and may use what the library does not export.

bin_PROGRAMS += assay
assay_SOURCES = \
	src/cli/apart.c \
	src/cli/apart.h \
	src/cli/args.c \
	src/cli/args.h \
	src/cli/checkpoint.c \
	src/cli/checkpoint.h \
	src/cli/codes.c \
	src/cli/codes.h \
	src/cli/command.h \
	src/cli/convert.c \
	src/cli/explain.c \
	src/cli/filter.c \
	src/cli/help.c \
	src/cli/help.h \
	src/cli/lint.c \
	src/cli/list.c \
	src/cli/main.c \
	src/cli/output.c \
	src/cli/output.h \
	src/cli/print.c \
	src/cli/print.h \
	src/cli/progress.c \
	src/cli/progress.h \
	src/cli/signals.c \
	src/cli/signals.h \
	src/cli/topics.c \
	src/cli/topics.h \
	src/cli/validate.c
assay_LDADD = libassay-internal.la
