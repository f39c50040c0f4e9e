/*
 * All report formats there are, in the order of their names. registry.def holds
 * one REPORTER(name) line for each file listed in local.mk.
 */
#include "config.h"

#include "reporters/reporter.h"

#define REPORTER(name) extern const struct assay_reporter assay_reporter_##name;
#include "reporters/registry.def"
#undef REPORTER

#define REPORTER(name) &assay_reporter_##name,
static const struct assay_reporter *const reporters[] = {
#include "reporters/registry.def"
};
#undef REPORTER

const struct assay_reporter *const *assay_reporters(size_t *count)
{
    *count = sizeof(reporters) / sizeof(reporters[0]);
    return reporters;
}

const struct assay_reporter *assay_reporter_find(struct assay_str name)
{
    for (size_t i = 0; i < sizeof(reporters) / sizeof(reporters[0]); i++) {
        if (assay_str_is(name, reporters[i]->name))
            return reporters[i];
    }
    return NULL;
}
