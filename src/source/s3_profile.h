/*
 * A profile of the AWS tools: the files ~/.aws/credentials and ~/.aws/config.
 */
#ifndef ASSAY_SOURCE_S3_PROFILE_H
#define ASSAY_SOURCE_S3_PROFILE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

struct assay_s3_profile {
    struct assay_buf access_key, region, endpoint; /* empty: not set */
    struct assay_secret *secret_key, *token;       /* NULL: not set */
    bool found;                                    /* there is a profile of that name */
    const char *unsupported; /* how it wants keys to be had, which assay cannot do; or NULL */
};

void assay_s3_profile_init(struct assay_s3_profile *profile);
void assay_s3_profile_reset(struct assay_s3_profile *profile);

/*
 * Adds what a file's text says of the profile `name`; what is set already stays. In the
 * config file a section is called "profile NAME", and the default one "default".
 */
enum assay_status assay_s3_profile_read(struct assay_s3_profile *profile, struct assay_str text,
                                        struct assay_str name, bool config,
                                        struct assay_error *err) ASSAY_CHECKED;

/* The same from the two files, where they are. Codes: S3-PROFILE (ASSAY_USAGE). */
enum assay_status assay_s3_profile_load(struct assay_s3_profile *profile, struct assay_str name,
                                        struct assay_error *err) ASSAY_CHECKED;

#endif
