/*
 * All expectations there are, in the order of their names. registry.def holds one
 * EXPECTATION(name) line for each file listed in local.mk.
 */
#include "config.h"

#include "metric/expectation.h"

#define EXPECTATION(name) extern const struct assay_expectation assay_expectation_##name;
#include "expectations/registry.def"
#undef EXPECTATION

#define EXPECTATION(name) &assay_expectation_##name,
static const struct assay_expectation *const expectations[] = {
#include "expectations/registry.def"
};
#undef EXPECTATION

const struct assay_expectation *const *assay_expectations(size_t *count)
{
    *count = sizeof(expectations) / sizeof(expectations[0]);
    return expectations;
}

const struct assay_expectation *assay_expectation_find(struct assay_str name)
{
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
        if (assay_str_is(name, expectations[i]->name))
            return expectations[i];
    }
    return NULL;
}
