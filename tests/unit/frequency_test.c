/*
 * Counts of values against a sorted list of them, split and merged in all ways.
 */
#include "config.h"

#include "sketch/frequency.h"
#include "sketch/key.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { ROWS = 1000, SLOT = 256 };

static uint64_t state_of_random = 1;

static uint64_t random64(void)
{
    return assay_hash_mix(state_of_random++);
}

struct values {
    size_t count;
    char *base;
    struct assay_span *spans;
};

static struct values new_values(size_t count)
{
    struct values v = {count, calloc(count + 2, SLOT), calloc(count + 1, sizeof *v.spans)};
    return v;
}

static void set_text(struct values *v, size_t i, const char *text, size_t len)
{
    v->spans[i].off = (uint32_t)((i + 1) * SLOT);
    v->spans[i].len = (uint32_t)len;
    memcpy(v->base + v->spans[i].off, text, len);
}

static struct assay_str text_of(const struct values *v, struct assay_span span)
{
    return assay_str(v->base + span.off, span.len);
}

static const struct values *sorted_values;

static int compare_spans(const void *x, const void *y)
{
    return assay_str_compare(text_of(sorted_values, *(const struct assay_span *)x),
                             text_of(sorted_values, *(const struct assay_span *)y));
}

/* Compares what `each` gives with the sorted spans. */
struct checker {
    const struct values *v;
    struct assay_span *sorted;
    size_t at;
    uint64_t distinct;
};

static enum assay_status check_value(void *ctx, struct assay_str text, uint64_t count,
                                     struct assay_error *err)
{
    struct checker *c = ctx;
    (void)err;
    c->distinct++;
    for (uint64_t i = 0; i < count; i++)
        assert_true(c->at < c->v->count &&
                    assay_str_equal(text, text_of(c->v, c->sorted[c->at++])));
    assert_true(c->at == c->v->count || !assay_str_equal(text, text_of(c->v, c->sorted[c->at])));
    return ASSAY_OK;
}

static void check_top(struct assay_frequency *f, struct checker *c, size_t most)
{
    struct assay_frequency_top top;
    assert_int_equal(assay_frequency_top(f, most, &top, NULL), ASSAY_OK);
    assert_int_equal(top.distinct, c->distinct);
    assert_int_equal(top.count, most < c->distinct ? most : c->distinct);
    uint64_t least = top.count ? top.values[top.count - 1].count : 0, ties = 0;
    for (size_t i = 1; i < top.count; i++) {
        assert_true(top.values[i - 1].count >= top.values[i].count);
        if (top.values[i - 1].count == top.values[i].count)
            assert_true(assay_str_compare(top.values[i - 1].text, top.values[i].text) < 0);
    }
    for (size_t i = 0; i < c->v->count;) {
        size_t from = i;
        struct assay_str text = text_of(c->v, c->sorted[from]);
        while (++i < c->v->count && assay_str_equal(text, text_of(c->v, c->sorted[i])))
            ;
        bool in = false;
        for (size_t k = 0; k < top.count && !in; k++)
            in = assay_str_equal(top.values[k].text, text) && top.values[k].count == i - from;
        assert_true(in || i - from <= least || most == 0);
        ties += !in && i - from == least;
    }
    assert_int_equal(top.ties, ties);
    assay_frequency_top_free(&top);
}

static void check_truth(struct assay_frequency *f, const struct values *v)
{
    struct checker c = {.v = v, .sorted = calloc(v->count + 1, sizeof *c.sorted)};
    uint64_t distinct;
    memcpy(c.sorted, v->spans, v->count * sizeof *c.sorted);
    sorted_values = v;
    qsort(c.sorted, v->count, sizeof *c.sorted, compare_spans);
    assert_int_equal(f->total, v->count);
    assert_int_equal(assay_frequency_each(f, check_value, &c, NULL), ASSAY_OK);
    assert_int_equal(c.at, v->count);
    assert_int_equal(assay_frequency_distinct(f, &distinct, NULL), ASSAY_OK);
    assert_int_equal(distinct, c.distinct);
    check_top(f, &c, 0);
    check_top(f, &c, 1);
    check_top(f, &c, 7);
    free(c.sorted);
}

static void save(struct assay_frequency *f, struct assay_buf *out)
{
    assay_buf_init(out, 1 << 30);
    assert_int_equal(assay_frequency_save(f, out, NULL), ASSAY_OK);
}

static void in_parts(const struct values *v, size_t parts, size_t limit, struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_frequency f[8];
    struct assay_buf saved;
    assay_budget_init(&budget, limit, "/tmp");
    for (size_t i = 0; i < parts; i++)
        assay_frequency_init(&f[i], &budget, random64());
    for (size_t from = 0; from < v->count; from += ROWS) {
        uint32_t rows = (uint32_t)(v->count - from < ROWS ? v->count - from : ROWS);
        assert_int_equal(assay_frequency_add_keys(&f[random64() % parts], v->base, v->spans + from,
                                                  NULL, rows, NULL),
                         ASSAY_OK);
    }
    for (size_t left = parts; left > 1; left--)
        assert_int_equal(assay_frequency_merge(&f[random64() % (left - 1)], &f[left - 1], NULL),
                         ASSAY_OK);
    check_truth(&f[0], v);
    save(&f[0], &saved);
    if (expected->ptr == NULL) {
        *expected = saved;
    } else {
        assert_int_equal(saved.len, expected->len);
        assert_memory_equal(saved.ptr, expected->ptr, saved.len);
        assay_buf_free(&saved);
    }
    assay_frequency_reset(&f[0]);
    assert_int_equal(budget.used, 0);
}

static void check_loading(const struct values *v, const struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_frequency f;
    struct assay_buf saved;
    assay_budget_init(&budget, 1 << 18, "/tmp");
    assay_frequency_init(&f, &budget, 3);
    assert_int_equal(assay_frequency_load(&f, assay_buf_view(expected), NULL), ASSAY_OK);
    check_truth(&f, v);
    save(&f, &saved);
    assert_int_equal(saved.len, expected->len);
    assert_memory_equal(saved.ptr, expected->ptr, saved.len);
    assay_frequency_reset(&f);
    assay_buf_free(&saved);
    assert_int_equal(assay_frequency_load(&f,
                                          ASSAY_STR("AFR1\x05\x01"
                                                    "abc"),
                                          NULL),
                     ASSAY_SOURCE);
    assert_int_equal(assay_frequency_load(&f, ASSAY_STR("AFR"), NULL), ASSAY_SOURCE);
    assert_int_equal(budget.used, 0);
}

static void check_all_ways(struct values *v)
{
    struct assay_buf saved = {0};
    in_parts(v, 1, 0, &saved);
    in_parts(v, 5, 0, &saved);
    in_parts(v, 8, 1 << 20, &saved);
    in_parts(v, 2, 1, &saved);
    check_loading(v, &saved);
    assay_buf_free(&saved);
    free(v->base);
    free(v->spans);
}

static void no_values(void **unused)
{
    (void)unused;
    struct values v = new_values(0);
    check_all_ways(&v);
}

static void a_few_codes(void **unused)
{
    (void)unused;
    static const char *codes[] = {"paid", "pending", "shipped", "", "returned", "new\0x"};
    struct values v = new_values(20000);
    for (size_t i = 0; i < v.count; i++) {
        const char *code = codes[random64() % 6];
        set_text(&v, i, code, *code == 'n' ? 5 : strlen(code));
    }
    check_all_ways(&v);
}

static void many_texts_of_all_lengths(void **unused)
{
    (void)unused;
    struct values v = new_values(60000);
    char text[SLOT];
    for (size_t i = 0; i < v.count; i++) {
        uint64_t k = random64() % 30000;
        int n =
            snprintf(text, sizeof text, "%.*s%x%.*s", (int)(k % 2) * 20, "a long common beginning",
                     (unsigned)k, (int)(k % 5) * 8, "and an end that some values share");
        set_text(&v, i, text, (size_t)n);
    }
    check_all_ways(&v);
}

static void texts_that_differ_in_zero_bytes(void **unused)
{
    (void)unused;
    struct values v = new_values(5000);
    char text[40] = "same";
    for (size_t i = 0; i < v.count; i++) {
        size_t len = random64() % 40;
        if (len > 10)
            text[random64() % len] = (char)(random64() % 2);
        set_text(&v, i, text, len);
    }
    check_all_ways(&v);
}

static void long_texts_alike_to_the_end(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_frequency f;
    static char text[5000];
    uint64_t distinct;
    assay_budget_init(&budget, 1 << 16, "/tmp");
    assay_frequency_init(&f, &budget, 1);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 400; i++) {
        snprintf(text + 4980, 10, "%03d", i % 200);
        assert_int_equal(assay_frequency_add_key(&f, assay_str(text, 4990), 2, NULL), ASSAY_OK);
    }
    assert_int_equal(assay_frequency_distinct(&f, &distinct, NULL), ASSAY_OK);
    assert_int_equal(distinct, 200);
    assert_int_equal(f.total, 800);
    assay_frequency_reset(&f);
    assert_int_equal(budget.used, 0);
}

static void a_full_disk_is_an_io_error(void **unused)
{
    (void)unused;
    struct rlimit old, limit;
    struct assay_budget budget;
    struct assay_frequency f;
    enum assay_status status = ASSAY_OK;
    char text[40];
    assay_budget_init(&budget, 1 << 17, "/tmp");
    assay_frequency_init(&f, &budget, 1);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 300000;
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 400000 && status == ASSAY_OK; i++) {
        int n = snprintf(text, sizeof text, "value %d", i);
        status = assay_frequency_add_key(&f, assay_str(text, (size_t)n), 1, NULL);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, ASSAY_IO);
    assay_frequency_reset(&f);
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_values),
        cmocka_unit_test(a_few_codes),
        cmocka_unit_test(many_texts_of_all_lengths),
        cmocka_unit_test(texts_that_differ_in_zero_bytes),
        cmocka_unit_test(long_texts_alike_to_the_end),
        cmocka_unit_test(a_full_disk_is_an_io_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
