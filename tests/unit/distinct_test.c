/*
 * Distinct values against a sorted list of all of them, split and merged in all ways.
 */
#include "config.h"

#include "sketch/distinct.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { SEED = 42, ROWS = 1000, SLOT = 48 };

static uint64_t state_of_random = 1;

static uint64_t random64(void)
{
    return assay_hash_mix(state_of_random++);
}

/* The values of a test: integers, or texts in slots with padding. */
struct values {
    size_t count;
    bool texts;
    int64_t *ints;
    char *base;
    struct assay_span *spans;
};

static struct values new_values(size_t count, bool texts)
{
    struct values v = {.count = count, .texts = texts};
    v.ints = calloc(count + 1, sizeof *v.ints);
    v.base = calloc(count + 4, SLOT);
    v.spans = calloc(count + 1, sizeof *v.spans);
    return v;
}

static void free_values(struct values *v)
{
    free(v->ints);
    free(v->base);
    free(v->spans);
}

static void set_text(struct values *v, size_t i, const char *text)
{
    v->texts = true;
    v->spans[i].off = (uint32_t)(SLOT + i * SLOT);
    v->spans[i].len = (uint32_t)strlen(text);
    memcpy(v->base + v->spans[i].off, text, strlen(text));
}

static struct assay_str text_of(const struct values *v, size_t i)
{
    return assay_str(v->base + v->spans[i].off, v->spans[i].len);
}

static void add_rows(struct assay_distinct *d, const struct values *v, size_t from, size_t to)
{
    for (; from < to; from += ROWS) {
        uint32_t rows = (uint32_t)(to - from < ROWS ? to - from : ROWS);
        enum assay_status status =
            v->texts ? assay_distinct_add_keys(d, v->base, v->spans + from, NULL, rows, NULL)
                     : assay_distinct_add_ints(d, v->ints + from, NULL, rows, NULL);
        assert_int_equal(status, ASSAY_OK);
    }
}

/* The truth, from a sorted list of pointers. */
static const struct values *sorted_values;

static int compare_indexes(const void *x, const void *y)
{
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    const struct values *v = sorted_values;
    if (v->texts)
        return assay_str_compare(text_of(v, a), text_of(v, b));
    return (v->ints[a] > v->ints[b]) - (v->ints[a] < v->ints[b]);
}

static void check_truth(const struct assay_distinct *d, const struct values *v)
{
    size_t *order = malloc((v->count + 1) * sizeof *order);
    uint64_t distinct = 0, singletons = 0;
    for (size_t i = 0; i < v->count; i++)
        order[i] = i;
    sorted_values = v;
    qsort(order, v->count, sizeof *order, compare_indexes);
    for (size_t i = 0; i < v->count;) {
        size_t from = i;
        while (++i < v->count && compare_indexes(&order[from], &order[i]) == 0)
            ;
        distinct++;
        singletons += i - from == 1;
        if (from % 97 != 0 && i - from == 1)
            continue;
        bool yes = false;
        enum assay_status status =
            v->texts ? assay_distinct_is_duplicate(d, text_of(v, order[from]), &yes, NULL)
                     : assay_distinct_is_duplicate_int(d, v->ints[order[from]], &yes, NULL);
        assert_int_equal(status, ASSAY_OK);
        assert_int_equal(yes, i - from > 1);
    }
    assert_int_equal(d->total, v->count);
    assert_int_equal(d->distinct, distinct);
    assert_int_equal(d->singletons, singletons);
    free(order);
}

static void save(struct assay_distinct *d, struct assay_buf *out)
{
    assay_buf_init(out, 1 << 30);
    assert_int_equal(assay_distinct_save(d, out, NULL), ASSAY_OK);
}

static void same_bytes(const struct assay_buf *a, const struct assay_buf *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->ptr, b->ptr, a->len);
}

/* One pass with plenty of memory. */
static void one_pass(const struct values *v, struct assay_buf *saved)
{
    struct assay_budget budget;
    struct assay_distinct d;
    assay_budget_init(&budget, 0, "/tmp");
    assay_distinct_init(&d, &budget, SEED);
    add_rows(&d, v, 0, v->count);
    save(&d, saved);
    assert_int_equal(assay_distinct_finish(&d, NULL), ASSAY_OK);
    check_truth(&d, v);
    assay_distinct_reset(&d);
    assert_int_equal(budget.used, 0);
}

/* In pieces, dealt to `parts` states in a random order, merged in a random order. */
static void in_parts(const struct values *v, size_t parts, size_t limit,
                     const struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_distinct d[8];
    struct assay_buf saved;
    size_t pieces = 37, piece = v->count / pieces + 1, order[37];
    assay_budget_init(&budget, limit, "/tmp");
    for (size_t i = 0; i < parts; i++)
        assay_distinct_init(&d[i], &budget, SEED);
    for (size_t i = 0; i < pieces; i++) {
        size_t j = random64() % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i < pieces; i++) {
        size_t from = order[i] * piece, to = from + piece;
        if (from < v->count)
            add_rows(&d[random64() % parts], v, from, to < v->count ? to : v->count);
    }
    for (size_t left = parts; left > 1; left--) {
        size_t into = random64() % (left - 1);
        assert_int_equal(assay_distinct_merge(&d[into], &d[left - 1], NULL), ASSAY_OK);
    }
    save(&d[0], &saved);
    same_bytes(&saved, expected);
    assert_int_equal(assay_distinct_finish(&d[0], NULL), ASSAY_OK);
    check_truth(&d[0], v);
    assay_distinct_reset(&d[0]);
    assert_int_equal(budget.used, 0);
    assay_buf_free(&saved);
}

static void check_loading(const struct values *v, const struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_distinct d;
    struct assay_buf saved;
    uint64_t seed = 0;
    assay_budget_init(&budget, 1 << 20, "/tmp");
    assay_distinct_init(&d, &budget, SEED);
    assert_true(assay_distinct_saved_seed(assay_buf_view(expected), &seed));
    assert_int_equal(seed, SEED);
    assert_int_equal(assay_distinct_load(&d, assay_buf_view(expected), NULL), ASSAY_OK);
    save(&d, &saved);
    same_bytes(&saved, expected);
    assert_int_equal(assay_distinct_finish(&d, NULL), ASSAY_OK);
    check_truth(&d, v);
    assay_distinct_reset(&d);
    assay_buf_free(&saved);
    for (size_t cut = 0; cut < expected->len; cut += cut / 3 + 1) {
        assert_int_equal(assay_distinct_load(&d, assay_str(expected->ptr, cut), NULL),
                         ASSAY_SOURCE);
        assay_distinct_reset(&d);
    }
    assert_int_equal(budget.used, 0);
}

static void check_all_ways(struct values *v)
{
    struct assay_buf saved;
    one_pass(v, &saved);
    in_parts(v, 1, 0, &saved);
    in_parts(v, 2, 0, &saved);
    in_parts(v, 5, 1 << 20, &saved);
    in_parts(v, 8, 100000, &saved);
    in_parts(v, 3, 1, &saved);
    check_loading(v, &saved);
    assay_buf_free(&saved);
    free_values(v);
}

static void nothing_at_all(void **unused)
{
    (void)unused;
    struct values v = new_values(0, false);
    check_all_ways(&v);
}

static void rising_ids(void **unused)
{
    (void)unused;
    struct values v = new_values(300000, false);
    for (size_t i = 0; i < v.count; i++)
        v.ints[i] = (int64_t)i - 1000;
    check_all_ways(&v);
}

static void rising_ids_with_repeats_and_gaps(void **unused)
{
    (void)unused;
    struct values v = new_values(200000, false);
    int64_t next = INT64_MAX - 400000;
    for (size_t i = 0; i < v.count; i++) {
        uint64_t dice = random64() % 1000;
        next += dice == 0 ? -5000 : dice == 1 ? 3 : 1;
        v.ints[i] = next;
    }
    check_all_ways(&v);
}

static void shuffled_dense_integers(void **unused)
{
    (void)unused;
    struct values v = new_values(200000, false);
    for (size_t i = 0; i < v.count; i++)
        v.ints[i] = (int64_t)(i * 7919 % 300007) - 150000;
    for (size_t i = 0; i < 500; i++)
        v.ints[random64() % v.count] = (int64_t)(random64() % 1000);
    check_all_ways(&v);
}

static void sparse_integers_and_extremes(void **unused)
{
    (void)unused;
    struct values v = new_values(200000, false);
    for (size_t i = 0; i < v.count; i++)
        v.ints[i] = (int64_t)random64();
    for (size_t i = 0; i < 1000; i++)
        v.ints[random64() % v.count] = v.ints[random64() % v.count];
    v.ints[5] = v.ints[77777] = INT64_MIN;
    v.ints[6] = v.ints[99999] = INT64_MAX;
    v.ints[7] = INT64_MIN + 1;
    check_all_ways(&v);
}

static void integers_partly_dense_partly_sparse(void **unused)
{
    (void)unused;
    struct values v = new_values(300000, false);
    for (size_t i = 0; i < v.count; i++)
        v.ints[i] = i % 3 == 0 ? (int64_t)i : (int64_t)(random64() % 40000000);
    check_all_ways(&v);
}

static void texts_of_all_lengths(void **unused)
{
    (void)unused;
    struct values v = new_values(300000, true);
    char text[SLOT];
    for (size_t i = 0; i < v.count; i++) {
        int n = snprintf(text, sizeof text, "%" PRIx64, random64() % 250000);
        int pad = (int)(random64() % 3) * 8;
        snprintf(text + n, sizeof text - (size_t)n, "%.*s", pad, "abcdefghijklmnop");
        set_text(&v, i, i % 1000 == 0 ? "" : text);
    }
    check_all_ways(&v);
}

static void few_texts_very_often(void **unused)
{
    (void)unused;
    struct values v = new_values(200000, true);
    char text[SLOT];
    for (size_t i = 0; i < v.count; i++) {
        uint64_t k = random64();
        snprintf(text, sizeof text, "customer-%u",
                 k % 4 ? (unsigned)(k >> 8) % 3 : (unsigned)(k >> 8) % 9000);
        set_text(&v, i, text);
    }
    check_all_ways(&v);
}

static void texts_that_look_like_integers(void **unused)
{
    (void)unused;
    static const char *odd[] = {"007",
                                "-0",
                                "+7",
                                "7",
                                "-7",
                                "",
                                "-",
                                "9223372036854775807",
                                "9223372036854775808",
                                "-9223372036854775808",
                                "0",
                                "7 ",
                                "-9223372036854775809",
                                "12345678901234567890",
                                "1e3",
                                "00"};
    struct values v = new_values(100000, true);
    char text[SLOT];
    for (size_t i = 0; i < v.count; i++) {
        snprintf(text, sizeof text, "%" PRId64, (int64_t)(random64() % 150000) - 5000);
        set_text(&v, i, i % 100 == 0 ? odd[random64() % 16] : text);
    }
    check_all_ways(&v);
}

static void an_integer_is_its_text(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_distinct d;
    int64_t ints[] = {5, -17, INT64_MIN, 1000000007};
    assay_budget_init(&budget, 0, NULL);
    assay_distinct_init(&d, &budget, SEED);
    assert_int_equal(assay_distinct_add_ints(&d, ints, NULL, 4, NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_add_key(&d, ASSAY_STR("-9223372036854775808"), NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_add_key(&d, ASSAY_STR("5"), NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_add_key(&d, ASSAY_STR("5.0"), NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_finish(&d, NULL), ASSAY_OK);
    assert_int_equal(d.total, 7);
    assert_int_equal(d.distinct, 5);
    assert_int_equal(d.singletons, 3);
    assay_distinct_reset(&d);
}

static void only_masked_rows_count(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_distinct d;
    int64_t ints[130];
    uint64_t mask[3] = {0x8000000000000001u, 0, 2};
    for (int i = 0; i < 130; i++)
        ints[i] = i / 130;
    assay_budget_init(&budget, 0, NULL);
    assay_distinct_init(&d, &budget, SEED);
    assert_int_equal(assay_distinct_add_ints(&d, ints, mask, 130, NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_finish(&d, NULL), ASSAY_OK);
    assert_int_equal(d.total, 3);
    assert_int_equal(d.distinct, 1);
    assert_int_equal(d.singletons, 0);
    assay_distinct_reset(&d);
}

static void check_contains(size_t limit, size_t count)
{
    struct assay_budget budget;
    struct assay_distinct d;
    struct values v = new_values(count, true);
    int64_t ints[64];
    uint64_t found[16];
    char text[SLOT];
    assay_budget_init(&budget, limit, "/tmp");
    assay_distinct_init(&d, &budget, SEED);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, i % 2 ? "%zu" : "parent key %zu", i * 1000003);
        set_text(&v, i, text);
    }
    for (size_t i = 0; i < count; i += 2)
        assert_int_equal(assay_distinct_add_keys(&d, v.base, v.spans + i, NULL, 1, NULL), ASSAY_OK);
    for (size_t i = 1; i < count; i += 4)
        assert_int_equal(assay_distinct_add_key(&d, text_of(&v, i), NULL), ASSAY_OK);
    assert_int_equal(assay_distinct_finish_set(&d, NULL), ASSAY_OK);
    for (size_t i = 0; i + ROWS <= count; i += ROWS) {
        assert_int_equal(
            assay_distinct_contains_keys(&d, v.base, v.spans + i, NULL, ROWS, found, NULL),
            ASSAY_OK);
        for (size_t r = 0; r < ROWS; r++)
            assert_int_equal(found[r / 64] >> r % 64 & 1, (i + r) % 4 != 3);
    }
    for (size_t i = 0; i < 64; i++)
        ints[i] = (int64_t)(i * 1000003);
    uint64_t mask = 0x0fffffffffffffff;
    assert_int_equal(assay_distinct_contains_ints(&d, ints, &mask, 64, found, NULL), ASSAY_OK);
    assert_int_equal(found[0], 0x2222222222222222u & mask);
    assay_distinct_reset(&d);
    assert_int_equal(budget.used, 0);
    free_values(&v);
}

static void a_set_finds_what_was_added(void **unused)
{
    (void)unused;
    check_contains(0, 3000);
    check_contains(0, 200000);
    check_contains(1 << 20, 100000);
    check_contains(1, 60000);
}

static void a_full_disk_is_an_io_error(void **unused)
{
    (void)unused;
    struct rlimit old, limit;
    struct assay_budget budget;
    struct assay_distinct d;
    struct assay_error err;
    enum assay_status status = ASSAY_OK;
    char text[32];
    assay_budget_init(&budget, 1 << 20, "/tmp");
    assay_distinct_init(&d, &budget, SEED);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 1500000;
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 400000 && status == ASSAY_OK; i++) {
        int n = snprintf(text, sizeof text, "value %d", i);
        status = assay_distinct_add_key(&d, assay_str(text, (size_t)n), &err);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, ASSAY_IO);
    assert_non_null(strstr(err.message, "/tmp"));
    assay_distinct_reset(&d);
    assert_int_equal(budget.used, 0);
}

/* Two columns of one budget: the one that comes late must not be starved. */
static void columns_share_the_budget(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_distinct d[2];
    char text[32];
    assay_budget_init(&budget, 4 << 20, "/tmp");
    for (int c = 0; c < 2; c++) {
        assay_distinct_init(&d[c], &budget, SEED);
        for (int i = 0; i < 300000; i++) {
            int n = snprintf(text, sizeof text, "value %d", i / 2);
            assert_int_equal(assay_distinct_add_key(&d[c], assay_str(text, (size_t)n), NULL),
                             ASSAY_OK);
        }
        assert_in_range(budget.used, 0, (4 << 20) + (2 << 20));
    }
    for (int c = 0; c < 2; c++) {
        assert_int_equal(assay_distinct_finish(&d[c], NULL), ASSAY_OK);
        assert_int_equal(d[c].distinct, 150000);
        assert_int_equal(d[c].singletons, 0);
        assay_distinct_reset(&d[c]);
    }
    assert_int_equal(budget.used, 0);
}

struct worker {
    pthread_t thread;
    struct assay_distinct d;
    int first;
    enum assay_status status;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    char text[32];
    for (int i = 0; i < 60000 && w->status == ASSAY_OK; i++) {
        int n = snprintf(text, sizeof text, "value %d", w->first + i);
        w->status = assay_distinct_add_key(&w->d, assay_str(text, (size_t)n), NULL);
    }
    return NULL;
}

static void threads_share_nothing_but_the_budget(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct worker workers[4] = {0};
    assay_budget_init(&budget, 1 << 20, "/tmp");
    for (int i = 0; i < 4; i++) {
        workers[i].first = i * 50000;
        assay_distinct_init(&workers[i].d, &budget, SEED);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].status, ASSAY_OK);
        if (i > 0)
            assert_int_equal(assay_distinct_merge(&workers[0].d, &workers[i].d, NULL), ASSAY_OK);
    }
    assert_int_equal(assay_distinct_finish(&workers[0].d, NULL), ASSAY_OK);
    assert_int_equal(workers[0].d.total, 240000);
    assert_int_equal(workers[0].d.distinct, 210000);
    assert_int_equal(workers[0].d.singletons, 180000);
    assay_distinct_reset(&workers[0].d);
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(rising_ids),
        cmocka_unit_test(rising_ids_with_repeats_and_gaps),
        cmocka_unit_test(shuffled_dense_integers),
        cmocka_unit_test(sparse_integers_and_extremes),
        cmocka_unit_test(integers_partly_dense_partly_sparse),
        cmocka_unit_test(texts_of_all_lengths),
        cmocka_unit_test(few_texts_very_often),
        cmocka_unit_test(texts_that_look_like_integers),
        cmocka_unit_test(an_integer_is_its_text),
        cmocka_unit_test(only_masked_rows_count),
        cmocka_unit_test(a_set_finds_what_was_added),
        cmocka_unit_test(a_full_disk_is_an_io_error),
        cmocka_unit_test(columns_share_the_budget),
        cmocka_unit_test(threads_share_nothing_but_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
