/*
 * The law of conversion: a suite that was written in any format and read again is the suite.
 */
#ifndef ASSAY_TESTS_CONVERT_LAW_H
#define ASSAY_TESTS_CONVERT_LAW_H

#include "suite/convert.h"

/*
 * Holds the suite in the file against the law: to each format, and from that to each other
 * again. The folder is used for files. Returns NULL where it holds or the file holds no
 * sound suite, else what broke it, for the caller to free.
 */
char *convert_law(const char *path, const char *folder);

#endif
