# The installed headers.

assayincludedir = $(includedir)/assay
assayinclude_HEADERS = \
	include/assay/assay.h \
	include/assay/run.h \
	include/assay/status.h \
	include/assay/suite.h \
	include/assay/value.h
