/*
 * SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104): for signatures and keys that other
 * systems compute too. Fingerprints of data use base/hash.h, which is faster.
 */
#ifndef ASSAY_BASE_SHA256_H
#define ASSAY_BASE_SHA256_H

#include "base/str.h"

#include <stdint.h>

#define ASSAY_SHA256_BYTES 32

struct assay_sha256 {
    uint32_t state[8];
    uint64_t len; /* bytes seen */
    unsigned char block[64];
};

void assay_sha256_init(struct assay_sha256 *hash);
void assay_sha256_update(struct assay_sha256 *hash, const void *data, size_t len);
void assay_sha256_finish(struct assay_sha256 *hash, unsigned char digest[ASSAY_SHA256_BYTES]);

void assay_sha256_hmac(struct assay_str key, struct assay_str text,
                       unsigned char digest[ASSAY_SHA256_BYTES]);

/* Lower-case hexadecimal digits and a NUL. */
void assay_sha256_hex(const unsigned char digest[ASSAY_SHA256_BYTES],
                      char hex[2 * ASSAY_SHA256_BYTES + 1]);

#endif
