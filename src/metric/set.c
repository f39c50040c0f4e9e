/*
 * Looking values up among those that a suite lists.
 */
#include "config.h"

#include "metric/set.h"

#include "base/hash.h"
#include "expr/text_case.h"
#include "metric/judge.h"
#include "metric/typed.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define SET_SHORT_BYTES 16u   /* members that fit into two words */
#define SET_SHORT_MEMBERS 32u /* more than these are hashed as long ones are */
#define SET_TRIES 400u        /* factors tried for a hash without collisions */
#define SET_SHOWN 6u          /* members in a title */

/* A text and what it may have been in the suite: bits of enum assay_scalar_kind. */
struct text_member {
    struct assay_str text;
    unsigned kinds;
};

/* A small number without trailing zeros; `used` is 0 in a free slot. */
struct number_member {
    int64_t mantissa;
    uint32_t code;
    uint32_t used;
};

/* A text of up to 16 bytes; a length that no text has marks a free slot. */
struct short_text {
    uint64_t low, high; /* its bytes, and zeros */
    uint64_t len;
};

struct assay_set {
    enum assay_order order;
    const struct assay_field *field; /* NULL: of no column */
    enum assay_type fold_as;         /* BOOLEAN, UUID: members are canonical texts */
    bool fold;
    struct text_member *texts;
    uint32_t text_count;
    size_t longest;
    uint32_t *text_slots; /* index + 1, or 0 */
    uint64_t text_mask;
    struct short_text *shorts; /* NULL: not in use */
    uint64_t factor;
    unsigned shift;
    uint64_t masks[SET_SHORT_BYTES + 1][2]; /* of the first n bytes in memory */
    struct number_member *numbers;
    uint64_t number_mask;
    bool has_numbers;
    bool has_others;          /* members that are no strings */
    struct assay_numref *odd; /* numbers that are not small */
    uint32_t odd_count;
    struct assay_instant *times; /* sorted */
    uint32_t time_count;
};

static uint64_t slots_for(uint32_t count)
{
    uint64_t slots = 16;
    while (slots < (uint64_t)count * 4)
        slots *= 2;
    return slots;
}

/* 10.00 is 10: equal numbers come out alike. */
static void normalize(int64_t *mantissa, uint8_t *code)
{
    while (*code > 0 && *mantissa % 10 == 0) {
        *mantissa /= 10;
        (*code)--;
    }
}

static uint64_t number_hash(int64_t mantissa, uint8_t code)
{
    return assay_hash_mix((uint64_t)mantissa * 32 + code);
}

static bool has_small(const struct assay_set *set, int64_t mantissa, uint8_t code)
{
    normalize(&mantissa, &code);
    uint64_t at = number_hash(mantissa, code) & set->number_mask;
    for (; set->numbers[at].used; at = (at + 1) & set->number_mask)
        if (set->numbers[at].mantissa == mantissa && set->numbers[at].code == code)
            return true;
    return false;
}

static bool has_number(const struct assay_set *set, const struct assay_numref *value)
{
    if (assay_number_is_small(value->code))
        return has_small(set, value->mantissa, value->code);
    for (uint32_t i = 0; i < set->odd_count; i++)
        if (set->odd[i].code == value->code &&
            (value->code != ASSAY_NUM_BIG || assay_number_compare(&set->odd[i], value) == 0))
            return true;
    return false;
}

static void add_number(struct assay_set *set, const struct assay_numref *value)
{
    int64_t mantissa = value->mantissa;
    uint8_t code = value->code;
    set->has_numbers = true;
    if (has_number(set, value))
        return;
    if (!assay_number_is_small(code)) {
        set->odd[set->odd_count++] = *value;
        return;
    }
    normalize(&mantissa, &code);
    uint64_t at = number_hash(mantissa, code) & set->number_mask;
    while (set->numbers[at].used)
        at = (at + 1) & set->number_mask;
    set->numbers[at] = (struct number_member){mantissa, code, 1};
}

/* The place of a text in the table: its member, or the free slot where it would be. */
static uint32_t *text_slot(const struct assay_set *set, struct assay_str text)
{
    uint64_t at = XXH3_64bits(text.ptr, text.len) & set->text_mask;
    while (set->text_slots[at] != 0 &&
           !assay_str_equal(set->texts[set->text_slots[at] - 1].text, text))
        at = (at + 1) & set->text_mask;
    return &set->text_slots[at];
}

/* What the text may have been in the suite; 0: it is no member. */
static unsigned text_kinds(const struct assay_set *set, struct assay_str text, char *folded)
{
    char canonical[ASSAY_SAME_TEXT_MAX];
    if (set->fold_as != ASSAY_TYPE_NONE) {
        size_t len = assay_same_fold(set->fold_as, text, canonical);
        text = len != 0 ? assay_str(canonical, len) : text;
    }
    if (text.len > set->longest)
        return 0;
    if (set->fold && text.len) {
        assay_expr_change_case(text, false, folded);
        text.ptr = folded;
    }
    uint32_t index = *text_slot(set, text);
    return index ? set->texts[index - 1].kinds : 0;
}

static enum assay_status add_text(struct assay_set *set, struct assay_arena *arena,
                                  const struct assay_scalar *member, struct assay_error *err)
{
    char canonical[ASSAY_SAME_TEXT_MAX];
    struct assay_str text = member->text;
    size_t len = assay_same_fold(set->fold_as, text, canonical);
    if (len != 0) {
        text = assay_str(assay_arena_strdup(arena, assay_str(canonical, len)), len);
        if (text.ptr == NULL)
            return assay_fail_nomem(err);
    }
    set->has_others |= member->kind != ASSAY_SCALAR_STRING;
    if (set->fold && text.len) {
        char *folded = assay_arena_alloc(arena, text.len);
        if (folded == NULL)
            return assay_fail_nomem(err);
        assay_expr_change_case(text, false, folded);
        text.ptr = folded;
    }
    uint32_t *slot = text_slot(set, text);
    if (*slot == 0) {
        set->texts[set->text_count].text = text;
        *slot = ++set->text_count;
    }
    set->texts[*slot - 1].kinds |= 1u << member->kind;
    set->longest = text.len > set->longest ? text.len : set->longest;
    return ASSAY_OK;
}

static struct short_text short_of(struct assay_str text)
{
    unsigned char bytes[SET_SHORT_BYTES] = {0};
    struct short_text made = {.len = text.len};
    if (text.len)
        memcpy(bytes, text.ptr, text.len);
    memcpy(&made.low, bytes, 8);
    memcpy(&made.high, bytes + 8, 8);
    return made;
}

static inline uint64_t short_hash(const struct short_text *text, uint64_t factor, unsigned shift)
{
    return ((text->low ^ text->high * 31 ^ (text->len << 59)) * factor) >> shift;
}

/* Fills the slots with one factor; false where two members meet. */
static bool place_shorts(struct assay_set *set, uint64_t slots)
{
    for (uint64_t i = 0; i < slots; i++)
        set->shorts[i] = (struct short_text){.len = UINT64_MAX};
    for (uint32_t i = 0; i < set->text_count; i++) {
        struct short_text made = short_of(set->texts[i].text);
        struct short_text *slot = &set->shorts[short_hash(&made, set->factor, set->shift)];
        if (slot->len != UINT64_MAX)
            return false;
        *slot = made;
    }
    return true;
}

/* Where every member is short, looks for a hash without collisions. */
static enum assay_status make_shorts(struct assay_set *set, struct assay_arena *arena,
                                     struct assay_error *err)
{
    if (set->text_count > SET_SHORT_MEMBERS || set->longest > SET_SHORT_BYTES || set->fold ||
        set->fold_as != ASSAY_TYPE_NONE)
        return ASSAY_OK;
    for (size_t n = 0; n <= SET_SHORT_BYTES; n++) {
        unsigned char bytes[SET_SHORT_BYTES] = {0};
        memset(bytes, 0xff, n);
        memcpy(set->masks[n], bytes, sizeof bytes);
    }
    unsigned bits = 4;
    while (((uint64_t)2 << bits) < (uint64_t)set->text_count * set->text_count)
        bits++;
    set->shift = 64 - bits;
    set->shorts = assay_arena_array(arena, (size_t)1 << bits, sizeof *set->shorts);
    if (set->shorts == NULL)
        return assay_fail_nomem(err);
    for (unsigned i = 0; i < SET_TRIES; i++) {
        set->factor = assay_hash_mix(i) | 1;
        if (place_shorts(set, (uint64_t)1 << bits))
            return ASSAY_OK;
    }
    set->shorts = NULL;
    return ASSAY_OK;
}

static int compare_times(const void *a, const void *b)
{
    return assay_instant_compare(*(const struct assay_instant *)a,
                                 *(const struct assay_instant *)b);
}

static bool has_time(const struct assay_set *set, struct assay_instant time)
{
    uint32_t from = 0, to = set->time_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = assay_instant_compare(set->times[middle], time);
        if (order == 0)
            return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

static enum assay_status misfit(const struct assay_scalar *member, enum assay_type type,
                                struct assay_error *err)
{
    assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "\"%.*s\" can be no value of a column of type %s",
               (int)(member->text.len < 60 ? member->text.len : 60), member->text.ptr,
               assay_type_name(type));
    if (assay_type_is_time(type))
        assay_error_help(err, "ISO 8601 is read: 2026-11-21, 2026-11-21T12:00:00Z, 12:00:00");
    return ASSAY_CONFIG;
}

static enum assay_status add_member(struct assay_set *set, struct assay_arena *arena,
                                    const struct assay_scalar *member, enum assay_type type,
                                    struct assay_error *err)
{
    struct assay_numref number;
    bool is_number = assay_numref_of(member->text, &number);
    if (member->kind == ASSAY_SCALAR_NULL) {
        assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "null cannot be in a list of values");
        assay_error_help(err, "nulls are not looked at here: add not_null to refuse them, or "
                              "quote it where the text is meant: 'null'");
        return ASSAY_CONFIG;
    }
    if (set->order == ASSAY_ORDER_TIME) {
        struct assay_instant *time = &set->times[set->time_count++];
        if (!(set->field != NULL ? assay_same_instant(set->field, member->text, time)
                                 : assay_judge_instant(member->text, 0, time)))
            return misfit(member, type, err);
        return ASSAY_OK;
    }
    if (assay_type_is_numeric(type) && !is_number)
        return misfit(member, type, err);
    if (is_number && (assay_type_is_numeric(type) || member->kind == ASSAY_SCALAR_NUMBER))
        add_number(set, &number);
    return add_text(set, arena, member, err);
}

enum assay_status assay_set_make(const struct assay_prepare *prepare,
                                 const struct assay_scalars *members, bool fold,
                                 const struct assay_set **out, struct assay_error *err)
{
    struct assay_arena *arena = prepare->arena;
    enum assay_type type = prepare->check->type;
    struct assay_set *set = assay_arena_alloc(arena, sizeof *set);
    uint64_t slots = slots_for(members->count);
    if (set == NULL)
        return assay_fail_nomem(err);
    set->order = assay_type_is_numeric(type) ? ASSAY_ORDER_NUMBER
                 : assay_type_is_time(type)  ? ASSAY_ORDER_TIME
                                             : ASSAY_ORDER_TEXT;
    set->field = prepare->check->field;
    set->fold_as = type == ASSAY_TYPE_BOOLEAN || type == ASSAY_TYPE_UUID ? type : ASSAY_TYPE_NONE;
    set->fold = fold;
    set->text_mask = set->number_mask = slots - 1;
    set->texts = assay_arena_array(arena, members->count + 1u, sizeof *set->texts);
    set->odd = assay_arena_array(arena, members->count + 1u, sizeof *set->odd);
    set->times = assay_arena_array(arena, members->count + 1u, sizeof *set->times);
    set->text_slots = assay_arena_array(arena, slots, sizeof *set->text_slots);
    set->numbers = assay_arena_array(arena, slots, sizeof *set->numbers);
    if (set->texts == NULL || set->odd == NULL || set->times == NULL || set->text_slots == NULL ||
        set->numbers == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < members->count; i++)
        ASSAY_TRY(add_member(set, arena, &members->items[i], type, err));
    qsort(set->times, set->time_count, sizeof *set->times, compare_times);
    ASSAY_TRY(make_shorts(set, arena, err));
    *out = set;
    return ASSAY_OK;
}

/* Which of the first `count` spans are members; no branch hangs on a value. */
static inline __attribute__((always_inline)) uint64_t find_shorts(const struct assay_set *set,
                                                                  const char *base,
                                                                  const struct assay_span *spans,
                                                                  uint32_t count, bool wide)
{
    const struct short_text *shorts = set->shorts;
    const uint64_t factor = set->factor;
    const unsigned shift = set->shift;
    uint64_t found = 0;
    for (uint32_t k = 0; k < count; k++) {
        struct short_text text = {.len = spans[k].len};
        const uint64_t *mask = set->masks[text.len < SET_SHORT_BYTES ? text.len : SET_SHORT_BYTES];
        memcpy(&text.low, base + spans[k].off, 8);
        text.low &= mask[0];
        if (wide) {
            memcpy(&text.high, base + spans[k].off + 8, 8);
            text.high &= mask[1];
        }
        const struct short_text *slot = &shorts[short_hash(&text, factor, shift)];
        uint64_t other = (slot->low ^ text.low) | (slot->len ^ text.len);
        if (wide)
            other |= slot->high ^ text.high;
        found = found >> 1 | (uint64_t)(other == 0) << 63;
    }
    return found >> (64 - count);
}

static void test_shorts(const struct assay_set *set, const struct assay_slice *slice, uint64_t *in)
{
    const struct assay_column *column = slice->columns[0];
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++) {
        const struct assay_span *spans = column->spans + i * 64;
        uint32_t n = slice->rows - (uint32_t)i * 64 < 64 ? slice->rows - (uint32_t)i * 64 : 64;
        if (slice->mask[i] == 0)
            continue;
        uint64_t found = set->longest > 8 ? find_shorts(set, column->base, spans, n, true)
                                          : find_shorts(set, column->base, spans, n, false);
        in[i] = found & slice->mask[i];
    }
}

static enum assay_status test_numbers(const struct assay_set *set, const struct assay_slice *slice,
                                      uint64_t *in, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_column_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        bool member;
        if (assay_number_is_small(numbers->code[row])) {
            member = has_small(set, numbers->mantissa[row], numbers->code[row]);
        } else {
            struct assay_numref value = assay_column_numref(column, row);
            member = has_number(set, &value);
        }
        in[row / 64] |= (uint64_t)member << (row % 64);
    })
    return ASSAY_OK;
}

static enum assay_status test_times(const struct assay_set *set, const struct assay_slice *slice,
                                    uint64_t *in, struct assay_error *err)
{
    const struct assay_times *times = assay_column_times(slice->columns[0]);
    if (times == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (assay_bit_get(times->valid, row) && has_time(set, assay_times_at(times, row)))
            assay_bit_set(in, row);
    })
    return ASSAY_OK;
}

/* Whether a value of a format that has kinds is a member of the same kind. */
static bool has_kind(const struct assay_set *set, struct assay_column *column, uint32_t row,
                     char *folded)
{
    struct assay_numref number;
    struct assay_str text = assay_column_text(column, row);
    switch ((enum assay_kind)column->kind[row]) {
    case ASSAY_KIND_NUMBER:
        number = assay_column_numref(column, row);
        return has_number(set, &number);
    case ASSAY_KIND_TEXT: return text_kinds(set, text, folded) & 1u << ASSAY_SCALAR_STRING;
    case ASSAY_KIND_BOOLEAN: return text_kinds(set, text, folded) & 1u << ASSAY_SCALAR_BOOLEAN;
    default: return false;
    }
}

/* Of values whose type is inferred from texts, numbers are members by value as well. */
static enum assay_status test_inferred(const struct assay_set *set, const struct assay_slice *slice,
                                       uint64_t *in, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    if (!assay_typed_applies(column->field) || column->kind != NULL || !set->has_numbers)
        return ASSAY_OK;
    if (assay_column_numbers(column) == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_numref value = assay_column_numref(column, row);
        if (!assay_bit_get(in, row) && value.code != ASSAY_NUM_NOT && has_number(set, &value))
            assay_bit_set(in, row);
    })
    return ASSAY_OK;
}

enum assay_status assay_set_test(const struct assay_set *set, const struct assay_slice *slice,
                                 uint64_t *in, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    if (set->order == ASSAY_ORDER_NUMBER)
        return test_numbers(set, slice, in, err);
    if (set->order == ASSAY_ORDER_TIME)
        return test_times(set, slice, in, err);
    /* Where there are strings alone on both sides, kinds tell nothing. */
    bool plain = column->kind == NULL ||
                 (!set->has_others && (column->kinds_seen & ~(1u << ASSAY_KIND_TEXT)) == 0);
    if (set->shorts != NULL && plain) {
        test_shorts(set, slice, in);
        return test_inferred(set, slice, in, err);
    }
    char *folded = assay_arena_scratch(&slice->batch->arena, set->longest + 1);
    if (folded == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (column->kind != NULL ? has_kind(set, column, row, folded)
                                 : text_kinds(set, assay_column_text(column, row), folded) != 0)
            assay_bit_set(in, row);
    })
    return test_inferred(set, slice, in, err);
}

void assay_set_describe(const struct assay_scalars *members, struct assay_buf *out)
{
    for (uint32_t i = 0; i < members->count && i < SET_SHOWN; i++) {
        assay_buf_puts(out, i ? ", " : "");
        assay_buf_str(out, members->items[i].text);
    }
    if (members->count > SET_SHOWN)
        assay_buf_printf(out, " … (%u values)", members->count);
}

/* The other ways to write a boolean, or 1 and 0; returns how many. */
static uint32_t add_equals(const struct assay_scalar *member, struct assay_scalar *out)
{
    static const char *const words[2][3] = {{"false", "False", "FALSE"}, {"true", "True", "TRUE"}};
    struct assay_numref number = {.code = ASSAY_NUM_NOT};
    bool boolean = member->kind == ASSAY_SCALAR_BOOLEAN;
    if (member->kind == ASSAY_SCALAR_NUMBER)
        number = assay_numref(member->text);
    double value = number.code == ASSAY_NUM_NOT ? -1 : assay_number_to_double(&number);
    if (!boolean && value != 0 && value != 1)
        return 0;
    bool truth = boolean ? (member->text.ptr[0] | 0x20) == 't' : value == 1;
    uint32_t n = 0;
    for (int i = boolean; i < 3; i++) {
        out[n] = *member;
        out[n].kind = ASSAY_SCALAR_BOOLEAN;
        out[n++].text = assay_cstr(words[truth][i]);
    }
    if (!boolean)
        return n;
    out[n] = *member;
    out[n].kind = ASSAY_SCALAR_NUMBER;
    out[n++].text = assay_cstr(truth ? "1" : "0");
    return n;
}

enum assay_status assay_set_prepare(const struct assay_prepare *prepare,
                                    const struct assay_scalars *members, bool fold,
                                    const struct assay_set **out, struct assay_error *err)
{
    if (!assay_typed_applies(prepare->check->field))
        return assay_set_make(prepare, members, fold, out, err);
    struct assay_scalar *items =
        assay_arena_array(prepare->arena, (size_t)members->count * 4 + 1, sizeof *items);
    if (items == NULL)
        return assay_fail_nomem(err);
    struct assay_scalars all = {.given = true, .items = items};
    for (uint32_t i = 0; i < members->count; i++) {
        items[all.count++] = members->items[i];
        all.count += add_equals(&members->items[i], items + all.count);
    }
    return assay_set_make(prepare, &all, fold, out, err);
}
