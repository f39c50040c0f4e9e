/*
 * Values as keys of 16 bytes, equal exactly when the values are.
 *
 * The top byte of `hi` tells what the rest is:
 *   0x20 | n   a text of n <= 15 bytes, which stand in the other 15 (zero padded)
 *   0x10       an int64, in `lo`
 *   0x80 | h   126 bits of the seeded XXH3_128 of a longer text
 * with 0x40 set in addition where the key is known to occur more than once. Texts that
 * are canonical decimal int64 (no sign of plus, no leading zero, not -0) become integer
 * keys, so that a number and its text are one key. Two different long texts share a
 * key with a probability of 2^-126 a pair, which is called exact here; the seed keeps
 * anyone from preparing such a pair. A key of zero does not exist and marks free slots.
 *
 * XXH3: Yann Collet, "xxHash fast digest algorithm", specification 0.2.0.
 */
#ifndef ASSAY_SKETCH_KEY_H
#define ASSAY_SKETCH_KEY_H

#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define ASSAY_KEY_DUPLICATE ((uint64_t)0x40 << 56)
#define ASSAY_KEY_INT ((uint64_t)0x10 << 56)
#define ASSAY_KEY_TEXT ((uint64_t)0x20 << 56)
#define ASSAY_KEY_HASHED ((uint64_t)0x80 << 56)

struct assay_key {
    uint64_t lo, hi;
};

/* What a seed is made into; the same for all states that are to be merged. */
struct assay_key_seed {
    uint64_t seed;
    uint64_t a, b;
};

static inline struct assay_key_seed assay_key_seed(uint64_t seed)
{
    uint64_t a = assay_hash_mix(seed), b = assay_hash_mix(a);
    return (struct assay_key_seed){seed, a, b};
}

static inline uint64_t assay_key_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Well-spread bits of a key, whether or not its duplicate flag is set. */
static inline uint64_t assay_key_mix(struct assay_key key, const struct assay_key_seed *seed)
{
    uint64_t folded = assay_key_fold(key.lo ^ seed->a, (key.hi & ~ASSAY_KEY_DUPLICATE) ^ seed->b);
    return assay_key_fold(folded ^ seed->b, 0x9fb21c651e98df25u);
}

static inline bool assay_key_equal(struct assay_key x, struct assay_key y)
{
    return x.lo == y.lo && ((x.hi ^ y.hi) & ~ASSAY_KEY_DUPLICATE) == 0;
}

static inline bool assay_key_is_int(struct assay_key key)
{
    return (key.hi & ~ASSAY_KEY_DUPLICATE) == ASSAY_KEY_INT;
}

static inline struct assay_key assay_key_int(int64_t value)
{
    return (struct assay_key){(uint64_t)value, ASSAY_KEY_INT};
}

static inline uint64_t assay_key_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The low `len` bytes of a word, len 0..8. */
static inline uint64_t assay_key_low(uint64_t word, size_t len)
{
    return len >= 8 ? word : word & (((uint64_t)1 << len * 8) - 1);
}

/* A key from a text; 16 bytes from `text` on must be readable. Integers not looked for. */
static inline struct assay_key assay_key_text(const char *text, size_t len, uint64_t seed)
{
    if (len <= 15) {
        uint64_t lo = assay_key_low(assay_key_load(text), len);
        uint64_t hi = len > 8 ? assay_key_low(assay_key_load(text + 8), len - 8) : 0;
        return (struct assay_key){lo, hi | ASSAY_KEY_TEXT | (uint64_t)len << 56};
    }
    XXH128_hash_t hash = XXH3_128bits_withSeed(text, len, seed);
    return (struct assay_key){hash.low64, (hash.high64 & ~ASSAY_KEY_DUPLICATE) | ASSAY_KEY_HASHED};
}

/* True for the text that printf's %PRId64 would give, with the number in `*value`. */
static inline bool assay_key_parse_int(const char *text, size_t len, int64_t *value)
{
    bool negative = len > 0 && text[0] == '-';
    size_t at = negative;
    if (len == at || len - at > 19 || (text[at] == '0' && len > 1))
        return false;
    uint64_t magnitude = 0;
    for (; at < len; at++) {
        unsigned digit = (unsigned)(unsigned char)text[at] - '0';
        if (digit > 9)
            return false;
        magnitude = magnitude * 10 + digit;
    }
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

/* Cheaply rules out most texts that are no integer. `text[0]` must be readable. */
static inline bool assay_key_maybe_int(const char *text, size_t len)
{
    unsigned first = (unsigned char)text[0], last = (unsigned char)text[len > 0 ? len - 1 : 0];
    return len - 1 < 20 && last - '0' < 10 && (first - '0' < 10 || first == '-');
}

#endif
