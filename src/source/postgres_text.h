/*
 * The texts of PostgreSQL's binary values, as psql shows them (DateStyle ISO, UTC).
 *
 * Each writes the text behind `out` and returns its end, or NULL where the bytes are no
 * value of the type. How much room each needs is said in the table of postgres_types.c.
 */
#ifndef ASSAY_SOURCE_POSTGRES_TEXT_H
#define ASSAY_SOURCE_POSTGRES_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Digits written at most beside those that a numeric has: beyond, it gets an exponent. */
#define ASSAY_PG_ZEROS 64

char *assay_pg_write_bool(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_int2(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_int4(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_int8(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_oid(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_float4(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_float8(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_numeric(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_date(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_time(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_timestamp(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_timestamptz(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_uuid(char *out, const char *bytes, uint32_t len);
char *assay_pg_write_bytea(char *out, const char *bytes, uint32_t len);

bool assay_pg_number_int2(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);
bool assay_pg_number_int4(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);
bool assay_pg_number_int8(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);
bool assay_pg_number_oid(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);
bool assay_pg_number_numeric(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);

/* Integers in network order. */
static inline uint16_t assay_pg_u16(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t assay_pg_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t assay_pg_u64(const char *p)
{
    return (uint64_t)assay_pg_u32(p) << 32 | assay_pg_u32(p + 4);
}

#endif
