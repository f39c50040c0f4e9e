# Manual pages.

MAN_PAGES = \
	man/assay-convert.1 \
	man/assay-expectations.7 \
	man/assay-explain.1 \
	man/assay-filter.1 \
	man/assay-lint.1 \
	man/assay-list.1 \
	man/assay-sources.7 \
	man/assay-suite.5 \
	man/assay-validate.1 \
	man/assay.1

dist_man_MANS += $(MAN_PAGES)
