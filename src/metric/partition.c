/*
 * Reading expected distributions.
 */
#include "config.h"

#include "metric/partition.h"

#include "metric/metrics.h"
#include "metric/typed.h"

#include <math.h>

double assay_scalar_double(const struct assay_scalar *scalar)
{
    struct assay_numref number = assay_numref(scalar->text);
    return number.code == ASSAY_NUM_NOT ? NAN : assay_number_to_double(&number);
}

enum assay_status assay_partition_refuse(struct assay_prepare *prepare, const char *param,
                                         const char *why, struct assay_error *err)
{
    prepare->param = param;
    return assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "%s", why);
}

enum assay_status assay_partition_weights(const struct assay_scalars *weights, uint32_t count,
                                          double besides, double **out,
                                          struct assay_prepare *prepare, struct assay_error *err)
{
    double sum = besides;
    double *read = assay_arena_array(prepare->arena, count + 1u, sizeof *read);
    if (read == NULL)
        return assay_fail_nomem(err);
    if (weights->count != count)
        return assay_partition_refuse(prepare, "weights",
                                      "there must be one weight for each value or bin", err);
    for (uint32_t i = 0; i < count; i++) {
        read[i] = assay_scalar_double(&weights->items[i]);
        if (!(read[i] >= 0))
            return assay_partition_refuse(prepare, "weights", "a weight is a number of 0 or more",
                                          err);
        sum += read[i];
    }
    if (!(fabs(sum - 1) <= 1e-8 + 1e-5))
        return assay_partition_refuse(prepare, "weights", "the weights must add up to 1", err);
    *out = read;
    return ASSAY_OK;
}

enum assay_status assay_partition_keys(const struct assay_scalars *values, struct assay_str **out,
                                       struct assay_prepare *prepare, struct assay_error *err)
{
    struct assay_str *keys = assay_arena_array(prepare->arena, values->count + 1u, sizeof *keys);
    if (keys == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < values->count; i++) {
        struct assay_buf key;
        assay_buf_init(&key, (size_t)1 << 24);
        assay_typed_key_of(prepare->check->field, &values->items[i], &key);
        keys[i] = assay_str(assay_arena_strdup(prepare->arena, assay_buf_view(&key)), key.len);
        bool failed = key.failed || keys[i].ptr == NULL;
        assay_buf_free(&key);
        if (failed)
            return assay_fail_nomem(err);
    }
    *out = keys;
    return ASSAY_OK;
}
