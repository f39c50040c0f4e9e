/*
 * Laws of times: the padded reader and the byte-wise one agree, what is read is written
 * and read back the same, arithmetic stays in range, durations go there and back, and a
 * declared ISO 8601 format reads what the built-in one does. The first line of the input
 * is a pattern, the rest are values.
 */
#include "config.h"

#include "base/timefmt.h"
#include "base/utf8.h"

#include <stdlib.h>

static void law(bool holds)
{
    if (!holds)
        abort();
}

static void written_reads_back(int64_t micros, enum assay_time_kind kind)
{
    char out[ASSAY_TIME_TEXT_MAX];
    int64_t back;
    size_t len = assay_time_text(micros, kind, out);
    law(len < sizeof out && assay_time_parse_safe(out, len, kind, 0, &back) && back == micros);
}

static void arithmetic_holds(int64_t micros)
{
    struct assay_civil civil;
    int64_t moved;
    assay_time_civil(micros, &civil);
    law(assay_time_from_civil(&civil) == micros);
    law(assay_time_part(micros, ASSAY_PART_DOY) <= 366);
    int64_t week = assay_time_part(micros, ASSAY_PART_WEEK);
    law(week >= 1 && week <= 53);
    for (int64_t months = -14; months <= 14; months += 7) {
        if (!assay_time_add_months(micros, months, &moved))
            continue;
        law(moved >= ASSAY_TIME_MIN && moved <= ASSAY_TIME_MAX);
        int64_t between = assay_time_months_between(micros, moved);
        law(between == months);
    }
}

/* Values of a batch are read side by side: here beginnings of one text, and all of it. */
static void batch_agrees(struct assay_str text)
{
    static char room[8 + 4096 + 64];
    struct assay_span spans[80];
    int64_t micros[80], alone;
    uint64_t valid[2];
    if (text.len > 4096)
        return;
    memset(room, '1', sizeof room);
    memcpy(room + 8, text.ptr, text.len);
    for (uint32_t i = 0; i < 80; i++)
        spans[i] = (struct assay_span){8, i < 23 && i < text.len ? i : (uint32_t)text.len};
    for (unsigned want = 1; want < 8; want++) {
        int64_t offset = want & 1 ? 0 : 5400 * ASSAY_SECOND_US;
        assay_time_parse_spans(room, spans, 80, want, offset, micros, valid);
        for (uint32_t i = 0; i < 80; i++) {
            bool ok = assay_time_parse_safe(room + 8, spans[i].len, want, offset, &alone);
            law(ok == (valid[i / 64] >> (i % 64) & 1) && micros[i] == alone);
        }
    }
}

static void readers_agree(struct assay_str text)
{
    static char room[8 + 4096 + 64];
    if (text.len > 4096)
        return;
    memset(room, '1', sizeof room);
    memcpy(room + 8, text.ptr, text.len);
    for (unsigned want = 1; want < 8; want++) {
        int64_t a, b, c, offset = want & 1 ? 0 : 5400 * ASSAY_SECOND_US;
        bool ok = assay_time_parse(room + 8, text.len, want, offset, &a);
        law(ok == assay_time_parse_safe(text.ptr, text.len, want, offset, &b) && a == b);
        law(ok == (assay_time_check(text, want, offset, &c) == ASSAY_TIME_OK) && a == c);
        if (!ok)
            continue;
        arithmetic_holds(a);
        bool clock = text.ptr[2] == ':';
        law(!clock || (a >= 0 && a < ASSAY_DAY_US));
        written_reads_back(a, clock ? ASSAY_TIME_TIME : ASSAY_TIME_TIMESTAMP);
        if (want == ASSAY_TIME_DATE)
            written_reads_back(a, ASSAY_TIME_DATE);
    }
}

static void durations_hold(struct assay_str text)
{
    char out[ASSAY_DURATION_TEXT_MAX];
    int64_t micros, back;
    if (!assay_duration_parse(text, &micros))
        return;
    size_t len = assay_duration_text(micros, out);
    law(micros >= 0 && len < sizeof out);
    law(assay_duration_parse(assay_str(out, len), &back) && back == micros);
}

static void utf8_holds(struct assay_str text)
{
    size_t valid = assay_utf8_valid(text), at = 0, count = 0;
    uint32_t rune;
    while (at < text.len) {
        char bytes[4];
        size_t n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        if (n == 0)
            break;
        law(assay_utf8_encode(rune, bytes) == n && memcmp(bytes, text.ptr + at, n) == 0);
        at += n;
        count++;
    }
    law(at == valid && assay_utf8_count(assay_str(text.ptr, valid)) == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct assay_timefmt declared, iso;
    struct assay_error err;
    bool compiled = false, first = true;
    const char *p = (const char *)data, *end = p + size;
    law(assay_timefmt_compile(&iso, ASSAY_STR("%FT%T.%f%z"), NULL) == ASSAY_OK);
    utf8_holds(assay_str(p, size));
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct assay_str text = assay_str(p, (size_t)(stop - p));
        int64_t a, b;
        if (first)
            compiled = assay_timefmt_compile(&declared, text, &err) == ASSAY_OK;
        first = false;
        readers_agree(text);
        batch_agrees(text);
        durations_hold(text);
        (void)assay_time_parse_zone(text, &a);
        if (compiled && assay_timefmt_parse(&declared, text, 0, &a)) {
            law(a >= ASSAY_TIME_MIN && a <= ASSAY_TIME_MAX);
            written_reads_back(a, declared.kind);
        }
        /* The built-in reader asks for two digits where a declared format takes one. */
        if (assay_timefmt_parse(&iso, text, 0, &a) && text.len >= 26 && text.ptr[10] != ' ' &&
            assay_time_parse_safe(text.ptr, text.len, ASSAY_TIME_TIMESTAMP, 0, &b))
            law(a == b);
        p = stop + 1;
    }
    return 0;
}
