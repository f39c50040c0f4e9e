/*
 * Any bytes as a Great Expectations suite, or put into one as a condition or a parameter:
 * the outcome is checks with a filter that is an expression, or errors with a position.
 */
#include "config.h"

#include "base/json_write.h"
#include "base/utf8.h"
#include "suite/gx.h"

#include <stdint.h>
#include <stdlib.h>

#define LAW(condition)    \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void free_checks(struct assay_suite *suite)
{
    for (uint32_t i = 0; i < suite->check_count; i++) {
        struct assay_check *check = &suite->checks[i];
        const struct assay_expectation *e = check->expectation;
        for (size_t p = 0; p < e->param_count; p++) {
            void *at = (char *)check->args + e->params[p].offset;
            if (e->params[p].type == ASSAY_PARAM_REGEX)
                assay_regex_free(*(struct assay_regex **)at);
            else if (e->params[p].type == ASSAY_PARAM_EXPR)
                assay_expr_free(*(struct assay_expr **)at);
        }
        assay_expr_free(check->where);
        if (e->release != NULL)
            e->release(check->args);
    }
}

static void load(struct assay_str text)
{
    struct assay_diags diags;
    struct assay_suite suite = {0};
    struct assay_loader loader = {.suite = &suite, .diags = &diags};
    struct assay_variables variables = {0};
    struct assay_document_options options = {.format = ASSAY_DOCUMENT_JSON, .allow_nan = true};
    assay_diags_init(&diags);
    assay_arena_init(&suite.arena, (size_t)256 << 20);
    assay_options_init(&suite.options);
    struct assay_document *document =
        assay_document_parse(&suite.arena, "s.json", text, &options, &diags);
    if (document != NULL && assay_gx_detect(document->root)) {
        size_t before = diags.errors;
        assay_gx_load(&loader, document->root, NULL, &variables);
        LAW(loader.nomem || diags.errors != before || suite.check_count != 0 ||
            assay_node_get(document->root, "expectations")->count == 0);
        for (size_t i = 0; i < diags.count; i++)
            LAW(diags.items[i].error.line != 0);
        for (uint32_t i = 0; i < suite.check_count; i++)
            LAW(suite.checks[i].line != 0 && suite.checks[i].expectation != NULL);
    }
    free_checks(&suite);
    assay_diags_reset(&diags);
    assay_arena_free(&suite.arena);
}

/* Puts the bytes between two halves of a suite, as a JSON string. */
static void load_within(const char *head, struct assay_str text, const char *tail)
{
    struct assay_buf suite;
    assay_buf_init(&suite, (size_t)1 << 20);
    assay_buf_puts(&suite, head);
    assay_json_quote(&suite, text, 0);
    assay_buf_puts(&suite, tail);
    if (!suite.failed)
        load(assay_buf_view(&suite));
    assay_buf_free(&suite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    struct assay_str text = {(const char *)data + 1, size - 1};
    switch (data[0] % 4) {
    case 0:
        load_within("{\"expectations\": [{\"type\": \"expect_column_values_to_not_be_null\", "
                    "\"kwargs\": {\"column\": \"a\", \"condition_parser\": \"pandas\", "
                    "\"row_condition\": ",
                    text, "}}]}");
        return 0;
    case 1:
        load_within("{\"expectations\": [{\"type\": \"expect_column_values_to_not_be_null\", "
                    "\"kwargs\": {\"column\": \"a\", \"condition_parser\": \"great_expectations\", "
                    "\"row_condition\": ",
                    text, "}}]}");
        return 0;
    case 2:
        load_within("{\"suite_parameters\": {\"n\": 4, \"d\": \"2024-03-01\", \"l\": [1]}, "
                    "\"expectations\": [{\"type\": \"expect_column_max_to_be_between\", "
                    "\"kwargs\": {\"column\": \"a\", \"min_value\": {\"$PARAMETER\": ",
                    text, "}}}]}");
        return 0;
    default: load(text); return 0;
    }
}
