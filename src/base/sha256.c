/*
 * SHA-256, block by block. The constants are the first 32 bits of the fractional parts
 * of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
 */
#include "config.h"

#include "base/sha256.h"

#include "base/secret.h"

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(unsigned char *p, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(x >> (24 - 8 * i));
}

static void compress(uint32_t state[8], const unsigned char block[64])
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = load(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t e = v[4], a = v[0];
        uint32_t t1 = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & v[5]) ^ (~e & v[6])) +
                      constants[i] + w[i];
        uint32_t t2 =
            (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

void assay_sha256_init(struct assay_sha256 *hash)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, start, sizeof start);
    hash->len = 0;
}

void assay_sha256_update(struct assay_sha256 *hash, const void *data, size_t len)
{
    const unsigned char *p = data;
    while (len > 0) {
        size_t at = hash->len % 64;
        size_t n = 64 - at < len ? 64 - at : len;
        memcpy(hash->block + at, p, n);
        hash->len += n;
        p += n;
        len -= n;
        if (hash->len % 64 == 0)
            compress(hash->state, hash->block);
    }
}

void assay_sha256_finish(struct assay_sha256 *hash, unsigned char digest[ASSAY_SHA256_BYTES])
{
    static const unsigned char padding[64] = {0x80};
    uint64_t bits = hash->len * 8;
    unsigned char length[8];
    store(length, (uint32_t)(bits >> 32));
    store(length + 4, (uint32_t)bits);
    assay_sha256_update(hash, padding, 1 + (119 - hash->len % 64) % 64);
    assay_sha256_update(hash, length, sizeof length);
    for (int i = 0; i < 8; i++)
        store(digest + 4 * i, hash->state[i]);
}

void assay_sha256_hmac(struct assay_str key, struct assay_str text,
                       unsigned char digest[ASSAY_SHA256_BYTES])
{
    struct assay_sha256 hash;
    unsigned char pad[64] = {0};
    if (key.len > sizeof pad) {
        assay_sha256_init(&hash);
        assay_sha256_update(&hash, key.ptr, key.len);
        assay_sha256_finish(&hash, pad);
    } else if (key.len > 0)
        memcpy(pad, key.ptr, key.len);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    assay_sha256_init(&hash);
    assay_sha256_update(&hash, pad, sizeof pad);
    assay_sha256_update(&hash, text.ptr, text.len);
    assay_sha256_finish(&hash, digest);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    assay_sha256_init(&hash);
    assay_sha256_update(&hash, pad, sizeof pad);
    assay_sha256_update(&hash, digest, ASSAY_SHA256_BYTES);
    assay_sha256_finish(&hash, digest);
    assay_secret_wipe(pad, sizeof pad);
}

void assay_sha256_hex(const unsigned char digest[ASSAY_SHA256_BYTES],
                      char hex[2 * ASSAY_SHA256_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < ASSAY_SHA256_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * ASSAY_SHA256_BYTES] = '\0';
}
