# The suite and its loaders.

noinst_LTLIBRARIES += libassay-suite.la
libassay_suite_la_SOURCES = \
	src/suite/checkpoint.c \
	src/suite/checkpoint.h \
	src/suite/checkpoint_gx.c \
	src/suite/checkpoint_impl.h \
	src/suite/convert.c \
	src/suite/convert.h \
	src/suite/convert_gx.c \
	src/suite/convert_gx.h \
	src/suite/diag.c \
	src/suite/diag.h \
	src/suite/fields.c \
	src/suite/gx.c \
	src/suite/gx.h \
	src/suite/gx_condition.c \
	src/suite/gx_condition_write.c \
	src/suite/gx_distribution.c \
	src/suite/gx_parameter.c \
	src/suite/gx_regex.c \
	src/suite/gx_table.c \
	src/suite/gx_take.c \
	src/suite/gx_take.h \
	src/suite/gx_telling.c \
	src/suite/gx_translate.c \
	src/suite/gx_types.c \
	src/suite/gx_write.c \
	src/suite/gx_write.h \
	src/suite/ids.c \
	src/suite/ids.h \
	src/suite/interp.c \
	src/suite/interp.h \
	src/suite/native.c \
	src/suite/native.h \
	src/suite/native_check.c \
	src/suite/native_hints.c \
	src/suite/node.c \
	src/suite/node.h \
	src/suite/node_build.c \
	src/suite/node_build.h \
	src/suite/node_json.c \
	src/suite/node_make.c \
	src/suite/node_make.h \
	src/suite/node_scalar.c \
	src/suite/node_yaml.c \
	src/suite/option_rows.c \
	src/suite/options.c \
	src/suite/options.h \
	src/suite/origin.c \
	src/suite/origin.h \
	src/suite/params.c \
	src/suite/suite.c \
	src/suite/suite.h \
	src/suite/write.h \
	src/suite/write_json.c \
	src/suite/write_yaml.c
