/*
 * The memory that all sketches of a run share.
 *
 * A sketch takes from the budget before it allocates and gives back what it frees.
 * Where a take is refused the sketch writes what it holds to a temporary file (see
 * spill.h) and goes on. What it cannot do without (a few small buffers) it forces,
 * so that a run may exceed its limit by those, and by nothing else.
 *
 * `hunger` counts refused takes. A sketch that holds a large part of the budget looks
 * at it now and then and spills of its own accord, so that one large column does not
 * starve the others. The budget is the only thing that sketches of different threads
 * share; relaxed atomics do, because nothing else is published through them.
 */
#ifndef ASSAY_SKETCH_BUDGET_H
#define ASSAY_SKETCH_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct assay_budget {
    _Atomic size_t used;
    _Atomic unsigned hunger;
    size_t limit;         /* bytes; 0: no limit */
    const char *temp_dir; /* where sketches spill; borrowed; NULL: /var/tmp */
};

static inline void assay_budget_init(struct assay_budget *budget, size_t limit,
                                     const char *temp_dir)
{
    atomic_init(&budget->used, 0);
    atomic_init(&budget->hunger, 0);
    budget->limit = limit;
    budget->temp_dir = temp_dir;
}

/* False where the limit would be passed; nothing is taken then. */
static inline bool assay_budget_take(struct assay_budget *budget, size_t size)
{
    size_t used = atomic_fetch_add_explicit(&budget->used, size, memory_order_relaxed);
    if (budget->limit == 0 || (used <= budget->limit && size <= budget->limit - used))
        return true;
    atomic_fetch_sub_explicit(&budget->used, size, memory_order_relaxed);
    atomic_fetch_add_explicit(&budget->hunger, 1, memory_order_relaxed);
    return false;
}

/* Takes whatever the limit says: for small buffers without which no work is done. */
static inline void assay_budget_force(struct assay_budget *budget, size_t size)
{
    atomic_fetch_add_explicit(&budget->used, size, memory_order_relaxed);
}

static inline void assay_budget_give(struct assay_budget *budget, size_t size)
{
    atomic_fetch_sub_explicit(&budget->used, size, memory_order_relaxed);
}

static inline unsigned assay_budget_hunger(const struct assay_budget *budget)
{
    return atomic_load_explicit(&budget->hunger, memory_order_relaxed);
}

/*
 * True once others were refused since `*seen` and `held` is more than a quarter of the
 * limit: the asker had better spill.
 */
static inline bool assay_budget_presses(const struct assay_budget *budget, unsigned *seen,
                                        size_t held)
{
    unsigned now = assay_budget_hunger(budget);
    bool pressed = now != *seen && budget->limit != 0 && held > budget->limit / 4;
    *seen = now;
    return pressed;
}

#endif
