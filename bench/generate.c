/*
 * Writes the data of the benchmark to stdout: the same bytes every time, everywhere.
 *
 *   generate orders N    N records of 7 columns as CSV, ids rising from 0, the last
 *                        column quoted and with a comma in it
 *   generate lines N     the same records as NDJSON
 *   generate keys N [AT] N different text keys of 12 to 20 bytes, in no order; with AT
 *                        only key number AT of them, so that it can be planted again
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const statuses[] = {"placed", "shipped", "returned", "cancelled"};
static const char *const countries[] = {"DE", "FR", "GB", "IT", "JP", "NL", "PL", "US"};
static const char *const hosts[] = {"example.com", "example.org", "mail.example.net"};
static const char *const wishes[] = {"gift", "call", "fragile", "leave"};
static const char *const places[] = {"door", "desk", "red", "porch"};

/* A bijection of 64-bit numbers (the finalizer of SplitMix64): different in, different out. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The days of the year 2025, which is where all orders were placed. */
static void put_time(char out[32], uint64_t seconds)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned day = (unsigned)(seconds / 86400 % 365), month = 0;
    unsigned rest = (unsigned)(seconds % 86400);
    while (day >= lengths[month])
        day -= lengths[month++];
    snprintf(out, 32, "2025-%02u-%02uT%02u:%02u:%02uZ", month + 1, day + 1, rest / 3600,
             rest / 60 % 60, rest % 60);
}

#define CSV_ORDER "%" PRIu64 ",user%" PRIu64 "@%s,%s,%s,%" PRIu64 ".%02" PRIu64 ",%s,\"%s, %s\"\n"
#define JSON_ORDER                                                                               \
    "{\"id\":%" PRIu64 ",\"email\":\"user%" PRIu64 "@%s\",\"status\":\"%s\",\"country\":\"%s\"," \
    "\"amount\":%" PRIu64 ".%02" PRIu64 ",\"created_at\":\"%s\",\"comment\":\"%s, %s\"}\n"

static void put_orders(uint64_t count, bool lines)
{
    if (!lines)
        puts("id,email,status,country,amount,created_at,comment");
    for (uint64_t id = 0; id < count; id++) {
        uint64_t r = mix(id);
        uint64_t cents = 1 + (r >> 8) % 999999;
        char time[32];
        put_time(time, id * 6 + (r >> 32) % 3600);
        printf(lines ? JSON_ORDER : CSV_ORDER, id, (r >> 40) % 1000000, hosts[r % 3],
               statuses[(r >> 2) % COUNT(statuses)], countries[(r >> 4) % COUNT(countries)],
               cents / 100, cents % 100, time, wishes[(r >> 28) % COUNT(wishes)],
               places[(r >> 30) % COUNT(places)]);
    }
}

/* Eleven digits of six bits hold the whole number, and so keep keys apart. */
static void put_key(uint64_t number)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t r = mix(number);
    size_t len = 12 + (size_t)(r % 9);
    char key[24];
    for (size_t i = 0; i < len; i++)
        key[i] = digits[(i < 11 ? r >> (6 * i) : i) % 64];
    key[len] = '\n';
    fwrite(key, 1, len + 1, stdout);
}

static void put_keys(uint64_t count)
{
    puts("key");
    for (uint64_t i = 0; i < count; i++)
        put_key(i);
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (argc == 3 && strcmp(argv[1], "orders") == 0)
        put_orders(count, false);
    else if (argc == 3 && strcmp(argv[1], "lines") == 0)
        put_orders(count, true);
    else if (argc == 3 && strcmp(argv[1], "keys") == 0)
        put_keys(count);
    else if (argc == 4 && strcmp(argv[1], "keys") == 0) {
        puts("key");
        put_key(strtoull(argv[3], NULL, 10));
    } else {
        fprintf(stderr, "usage: generate orders|lines N | generate keys N [AT]\n");
        return 2;
    }
    return fflush(stdout) != 0 || ferror(stdout);
}
