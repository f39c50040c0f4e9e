# Plan, streams, threads, Run.

noinst_LTLIBRARIES += libassay-engine.la
libassay_engine_la_SOURCES = \
	src/engine/api.c \
	src/engine/bind.c \
	src/engine/infer.c \
	src/engine/judgement.c \
	src/engine/judgement.h \
	src/engine/pass.c \
	src/engine/pass.h \
	src/engine/plan.c \
	src/engine/plan.h \
	src/engine/run.c \
	src/engine/run.h \
	src/engine/validate.c \
	src/engine/validate.h
