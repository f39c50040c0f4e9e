/*
 * Distributions: partition_object, and the parameters of scipy's distributions.
 */
#include "config.h"

#include "suite/gx.h"

#include "base/number.h"

void assay_gx_partition(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                        const struct assay_node *node)
{
    static const char *const parts[] = {"values", "weights", "bins", "tail_weights"};
    if (!assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_MAPPING,
                            "a map with values or bins, and weights"))
        return;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        size_t i = 0;
        while (i < 4 && !assay_str_is(c->key, parts[i]))
            i++;
        if (i == 4) {
            assay_gx_fail(item, c, "it holds values or bins, weights and tail_weights",
                          "%s: unknown key \"%.*s\"", kwarg->name, (int)c->key.len, c->key.ptr);
            return;
        }
        assay_gx_put(item, parts[i], c);
    }
}

/* A partition with finite ends: tails are not allowed, but may be given as nothing. */
void assay_gx_finite_partition(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                               const struct assay_node *node)
{
    const struct assay_node *tails = assay_node_get(node, "tail_weights");
    for (const struct assay_node *c = tails ? tails->first : NULL; c != NULL; c = c->next) {
        struct assay_numref weight = assay_numref(c->text);
        if (weight.code == ASSAY_NUM_NOT || assay_number_to_double(&weight) > 0) {
            assay_gx_fail(item, c, "its ends are finite", "%s cannot have tail weights",
                          kwarg->name);
            return;
        }
    }
    assay_gx_partition(item, kwarg, node);
    for (struct assay_node *c = item->given->first, *before = NULL; c != NULL; c = c->next) {
        if (assay_str_is(c->key, "tail_weights")) {
            *(before ? &before->next : &item->given->first) = c->next;
            item->given->last = c->next ? item->given->last : before;
            item->given->count--;
        } else
            before = c;
    }
}

/* The parameters in the order of scipy's cdf, what they are in a map, and what they are here. */
static const struct distribution {
    const char *name;
    const char *params[4][2];
} distributions[] = {
    {"norm", {{"mean", "mean"}, {"std_dev", "std_dev"}}},
    {"beta", {{"alpha", "alpha"}, {"beta", "beta"}, {"loc", "loc"}, {"scale", "scale"}}},
    {"gamma", {{"alpha", "alpha"}, {"loc", "loc"}, {"scale", "scale"}}},
    {"uniform", {{"min", "lower"}, {"max", "width"}}},
    {"chi2", {{"df", "df"}, {"loc", "loc"}, {"scale", "scale"}}},
    {"expon", {{"loc", "loc"}, {"scale", "scale"}}},
};

static const struct distribution *find_distribution(const struct assay_node *name)
{
    for (size_t i = 0; i < sizeof distributions / sizeof distributions[0]; i++)
        if (name != NULL && name->kind == ASSAY_NODE_STRING &&
            assay_str_is(name->text, distributions[i].name))
            return &distributions[i];
    return NULL;
}

const char *assay_gx_distribution_param(const struct assay_node *distribution, size_t n,
                                        const char **native)
{
    const struct distribution *found = find_distribution(distribution);
    if (found == NULL || n >= 4)
        return NULL;
    *native = found->params[n][1];
    return found->params[n][0];
}

static const char *param_named(const struct distribution *distribution, struct assay_str name)
{
    for (size_t i = 0; i < 4 && distribution->params[i][0] != NULL; i++)
        if (assay_str_is(name, distribution->params[i][0]))
            return distribution->params[i][1];
    return NULL;
}

/* A map by name, or a list by position; every distribution may have loc and scale in a map. */
void assay_gx_distribution_params(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                                  const struct assay_node *node)
{
    const struct distribution *distribution =
        find_distribution(assay_gx_given(item, "distribution"));
    bool map = node->kind == ASSAY_NODE_MAPPING;
    size_t n = 0;
    if (distribution == NULL)
        return; /* the error is about the distribution */
    if (!map && !assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_SEQUENCE, "a map or a list"))
        return;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next, n++) {
        const char *to = map     ? param_named(distribution, c->key)
                         : n < 4 ? distribution->params[n][1]
                                 : NULL;
        if (to != NULL)
            assay_gx_put(item, to, c);
        else if (map && (assay_str_is(c->key, "loc") || assay_str_is(c->key, "scale")))
            continue; /* is taken and not used there either */
        else
            assay_gx_fail(item, c, NULL, "%s has no parameter %.*s", distribution->name,
                          map ? (int)c->key.len : (int)c->text.len, map ? c->key.ptr : c->text.ptr);
    }
}
