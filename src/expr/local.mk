# The expression language over one record.

noinst_LTLIBRARIES += libassay-expr.la
libassay_expr_la_SOURCES = \
	src/expr/check.c \
	src/expr/decimal.c \
	src/expr/decimal.h \
	src/expr/eval.c \
	src/expr/eval.h \
	src/expr/eval_compare.c \
	src/expr/eval_number.c \
	src/expr/eval_number.h \
	src/expr/eval_text.c \
	src/expr/eval_time.c \
	src/expr/eval_value.c \
	src/expr/expr.c \
	src/expr/expr.h \
	src/expr/functions.c \
	src/expr/functions.h \
	src/expr/lex.c \
	src/expr/lex.h \
	src/expr/logic.c \
	src/expr/node.h \
	src/expr/parse.c \
	src/expr/parse.h \
	src/expr/parse_value.c \
	src/expr/sql.c \
	src/expr/stack.c \
	src/expr/text_case.c \
	src/expr/text_case.h \
	src/expr/units.c \
	src/expr/units.h
