/*
 * The columns that a suite declares or names, found by name.
 */
#include "config.h"

#include "base/hash.h"
#include "suite/native.h"

/* The slot of a name: the one that holds it, or the free one where it belongs. */
static uint32_t *find_slot(const struct assay_suite *suite, struct assay_str name)
{
    uint32_t mask = suite->field_slot_count - 1;
    uint32_t at = (uint32_t)assay_hash_text(name) & mask;
    while (suite->field_slots[at] != 0 &&
           !assay_str_equal(suite->fields[suite->field_slots[at] - 1]->name, name))
        at = (at + 1) & mask;
    return &suite->field_slots[at];
}

const struct assay_field *assay_suite_field(const struct assay_suite *suite,
                                            struct assay_str column)
{
    uint32_t slot = suite->field_slot_count ? *find_slot(suite, column) : 0;
    return slot ? suite->fields[slot - 1] : NULL;
}

enum assay_type assay_suite_type_of(void *suite, struct assay_str column)
{
    const struct assay_field *field = assay_suite_field(suite, column);
    return field ? field->type : ASSAY_TYPE_NONE;
}

/* Doubles the array and the slots, which are kept at most half full. */
static bool grow(struct assay_loader *loader)
{
    struct assay_suite *suite = loader->suite;
    uint32_t cap = loader->field_cap ? loader->field_cap * 2 : 16;
    struct assay_field **fields = assay_arena_array(&suite->arena, cap, sizeof *fields);
    uint32_t *slots = assay_arena_array(&suite->arena, (size_t)cap * 2, sizeof *slots);
    if (fields == NULL || slots == NULL)
        return false;
    if (suite->field_count)
        memcpy(fields, suite->fields, suite->field_count * sizeof *fields);
    suite->fields = fields;
    suite->field_slots = slots;
    suite->field_slot_count = cap * 2;
    loader->field_cap = cap;
    for (uint32_t i = 0; i < suite->field_count; i++)
        *find_slot(suite, fields[i]->name) = i + 1;
    return true;
}

struct assay_field *assay_loader_field(struct assay_loader *loader, struct assay_str name)
{
    struct assay_suite *suite = loader->suite;
    if (suite->field_count == loader->field_cap && !grow(loader)) {
        loader->nomem = true;
        return NULL;
    }
    uint32_t *slot = find_slot(suite, name);
    if (*slot != 0)
        return suite->fields[*slot - 1];
    struct assay_field *field = assay_arena_alloc(&suite->arena, sizeof *field);
    if (field == NULL) {
        loader->nomem = true;
        return NULL;
    }
    field->name = name;
    field->inferred = loader->infer;
    suite->fields[suite->field_count++] = field;
    *slot = suite->field_count;
    return field;
}
