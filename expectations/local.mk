# One file an expectation. A row in this list is all that registers one: the list
# is the library's sources and what registry.def is made from. Keep it sorted.

EXPECTATIONS = \
	expectations/accepted_tuples.c \
	expectations/accepted_values.c \
	expectations/array.c \
	expectations/association.c \
	expectations/column_at.c \
	expectations/column_count.c \
	expectations/columns.c \
	expectations/compare.c \
	expectations/completeness.c \
	expectations/date_text.c \
	expectations/decreasing.c \
	expectations/distinct_count.c \
	expectations/distinct_values.c \
	expectations/expression.c \
	expectations/fits_bins.c \
	expectations/fits_distribution.c \
	expectations/fits_values.c \
	expectations/format.c \
	expectations/freshness.c \
	expectations/increasing.c \
	expectations/json_schema.c \
	expectations/json_text.c \
	expectations/kl_divergence.c \
	expectations/length.c \
	expectations/like.c \
	expectations/max.c \
	expectations/mean.c \
	expectations/median.c \
	expectations/min.c \
	expectations/most_common.c \
	expectations/not_like.c \
	expectations/not_null.c \
	expectations/not_regex.c \
	expectations/not_regex_list.c \
	expectations/null.c \
	expectations/quantiles.c \
	expectations/range.c \
	expectations/regex.c \
	expectations/regex_list.c \
	expectations/rejected_values.c \
	expectations/relationships.c \
	expectations/row_count.c \
	expectations/row_sum.c \
	expectations/same_row_count.c \
	expectations/stdev.c \
	expectations/stored_type.c \
	expectations/sum.c \
	expectations/time_text.c \
	expectations/type.c \
	expectations/unexpected_rows.c \
	expectations/unique.c \
	expectations/unique_in_record.c \
	expectations/unique_ratio.c \
	expectations/well_formed.c \
	expectations/z_score.c

noinst_LTLIBRARIES += libassay-expectations.la
libassay_expectations_la_SOURCES = \
	$(EXPECTATIONS) \
	expectations/registry.c

expectations/registry.def: expectations/local.mk
	$(AM_V_at)$(MKDIR_P) expectations
	$(AM_V_GEN)for f in $(EXPECTATIONS); do basename $$f .c; done | \
		sed 's/.*/EXPECTATION(&)/' > $@.tmp && mv $@.tmp $@
expectations/registry.$(OBJEXT) expectations/registry.lo: expectations/registry.def
CLEANFILES += expectations/registry.def
