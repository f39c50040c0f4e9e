# One file a report format. A row in this list is all that registers one: the list
# is the library's sources and what registry.def is made from. Keep it sorted.

REPORTERS = \
	reporters/gx.c \
	reporters/json.c \
	reporters/junit.c \
	reporters/text.c

noinst_LTLIBRARIES += libassay-reporters.la
libassay_reporters_la_SOURCES = \
	$(REPORTERS) \
	reporters/gx_map.c \
	reporters/gx_names.c \
	reporters/gx_values.c \
	reporters/gx_write.h \
	reporters/registry.c \
	reporters/render.c \
	reporters/reporter.h \
	reporters/write.c \
	reporters/write.h

reporters/registry.def: reporters/local.mk
	$(AM_V_at)$(MKDIR_P) reporters
	$(AM_V_GEN)for f in $(REPORTERS); do basename $$f .c; done | \
		sed 's/.*/REPORTER(&)/' > $@.tmp && mv $@.tmp $@
reporters/registry.$(OBJEXT) reporters/registry.lo: reporters/registry.def
CLEANFILES += reporters/registry.def
