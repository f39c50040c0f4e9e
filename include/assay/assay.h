/*
 * libassay: everything that a program embedding assay needs.
 */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#ifdef __cplusplus
extern "C" {
#endif

#include "assay/run.h"
#include "assay/status.h"
#include "assay/suite.h"
#include "assay/value.h"

#ifdef __cplusplus
}
#endif

#endif
