/*
 * json_schema: every value keeps to a JSON Schema; without a column every record does.
 *
 * Drafts 4 to 2020-12 (base/json_schema.h), formats asserted on request
 * (metric/schema_formats.h). Where the format has kinds (JSON), a value is what it is there,
 * and a text that holds an array or an object is that one (`texts` says otherwise); elsewhere
 * texts are read as JSON, with NaN and the infinities. What is no JSON is unexpected, as is
 * every value of a column of inferred type that holds nothing but numbers or booleans. Nulls
 * are not considered. Exact; row counts add up.
 */
#include "config.h"

#include "base/json_read.h"
#include "base/json_schema.h"
#include "metric/judge.h"
#include "metric/schema_formats.h"
#include "metric/texts.h"

#include <stdlib.h>

struct args {
    struct assay_value schema;
    int texts;    /* enum texts */
    int not_json; /* index into not_json */
    bool formats;
    struct assay_json_schema *compiled;
};

/* What a text is: the second and third the same in every format. */
enum texts { TEXTS_AUTO, TEXTS_JSON, TEXTS_STRING };
static const char *const texts[] = {"auto", "json", "string", NULL};

static const char *const not_json[] = {"unexpected", "error", NULL};

static const struct assay_param params[] = {
    {"schema", ASSAY_PARAM_VALUE, ASSAY_PARAM_REQUIRED, NULL, NULL, offsetof(struct args, schema),
     "the schema, as a map"},
    {"formats", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, formats),
     "`format` is asserted; otherwise it is a remark"},
    {"texts", ASSAY_PARAM_CHOICE, 0, "auto", texts, offsetof(struct args, texts),
     "what a text is: json (to be read), string (itself), or auto: in CSV the first, in JSON the "
     "first where it holds an array or an object"},
    {"not_json", ASSAY_PARAM_CHOICE, 0, "unexpected", not_json, offsetof(struct args, not_json),
     "what a text that cannot be read is: unexpected, or an error of the check"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "schema";
    return assay_json_schema_new(prepare->arena, &args->schema,
                                 args->formats ? assay_schema_text_format_holds : NULL,
                                 &args->compiled, err);
}

static void release(void *arguments)
{
    struct args *args = arguments;
    assay_json_schema_free(args->compiled);
}

struct scratch {
    struct assay_regex_scratch *regex;
    struct assay_arena arena; /* one value at a time */
};

static void close_scratch(void *opened)
{
    struct scratch *scratch = opened;
    assay_regex_scratch_free(scratch->regex);
    assay_arena_free(&scratch->arena);
    free(scratch);
}

static enum assay_status open_scratch(const void *args, const struct assay_metric_env *env,
                                      void **opened, struct assay_error *err)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    (void)args, (void)env;
    if (scratch == NULL)
        return assay_fail_nomem(err);
    assay_arena_init(&scratch->arena, (size_t)1 << 30);
    enum assay_status status = assay_regex_scratch_new(&scratch->regex, err);
    if (status == ASSAY_OK)
        *opened = scratch;
    else
        close_scratch(scratch);
    return status;
}

/* Whether a text is to be read as JSON, and whether it may stay what it is if it is none. */
static bool is_json(const struct args *args, const struct assay_column *column, uint32_t row,
                    bool *or_text)
{
    struct assay_str text = assay_column_text(column, row);
    size_t at = 0;
    *or_text = false;
    if (column->kind != NULL && column->kind[row] != ASSAY_KIND_TEXT)
        return true;
    if (column->kind == NULL || args->texts != TEXTS_AUTO)
        return args->texts != TEXTS_STRING;
    while (at < text.len && strchr(" \t\r\n", text.ptr[at]) != NULL && text.ptr[at] != '\0')
        at++;
    *or_text = true;
    return at < text.len && (text.ptr[at] == '{' || text.ptr[at] == '[');
}

static enum assay_json_read read_row(const struct args *args, struct assay_arena *arena,
                                     const struct assay_column *column, uint32_t row,
                                     struct assay_value *value)
{
    struct assay_str text = assay_column_text(column, row);
    bool or_text, json = is_json(args, column, row, &or_text);
    enum assay_json_read read = json ? assay_json_read(arena, text, value) : ASSAY_JSON_READ_BAD;
    if (json && (read != ASSAY_JSON_READ_BAD || !or_text))
        return read;
    *value = (struct assay_value){.kind = ASSAY_VALUE_STRING, .text = text};
    return ASSAY_JSON_READ_OK;
}

static enum assay_json_verdict judge_row(const struct args *args, struct scratch *scratch,
                                         const struct assay_column *column, uint32_t row, bool *bad,
                                         bool *nomem)
{
    struct assay_value value;
    enum assay_json_read read = read_row(args, &scratch->arena, column, row, &value);
    *bad = read == ASSAY_JSON_READ_BAD;
    *nomem |= read == ASSAY_JSON_READ_NOMEM;
    enum assay_json_verdict verdict = ASSAY_JSON_INVALID;
    if (read == ASSAY_JSON_READ_OK)
        verdict =
            assay_json_schema_judge(args->compiled, scratch->regex, &scratch->arena, &value, NULL);
    assay_arena_reset(&scratch->arena);
    return verdict;
}

static enum assay_status test(const void *arguments, void *opened, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    bool bad, nomem = false;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        enum assay_json_verdict verdict =
            judge_row(args, opened, slice->columns[0], row, &bad, &nomem);
        if (bad && args->not_json != 0) {
            if (fault->count++ == 0) {
                fault->row = row;
                assay_fail(&fault->error, ASSAY_SOURCE, "VALUE-TYPE", "a value is not JSON");
            }
        } else if (verdict == ASSAY_JSON_INVALID)
            assay_bit_set(violations, row);
        else if (verdict == ASSAY_JSON_UNDECIDED && fault->count++ == 0) {
            fault->row = row;
            assay_fail(&fault->error, ASSAY_LIMIT, "SCHEMA-LIMIT",
                       "a value could not be judged: a pattern or references without end");
        }
    })
    return nomem ? assay_fail_nomem(err) : ASSAY_OK;
}

/* Where in the value, and which keyword. */
static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    const struct args *args = arguments;
    struct assay_regex_scratch *regex;
    struct assay_arena arena;
    struct assay_value value;
    if (assay_regex_scratch_new(&regex, NULL) != ASSAY_OK)
        return;
    assay_arena_init(&arena, (size_t)64 << 20);
    enum assay_json_read read = read_row(args, &arena, slice->columns[0], row, &value);
    if (read == ASSAY_JSON_READ_BAD)
        assay_buf_puts(out, "not JSON");
    else if (read == ASSAY_JSON_READ_OK)
        (void)assay_json_schema_judge(args->compiled, regex, &arena, &value, out);
    assay_arena_free(&arena);
    assay_regex_scratch_free(regex);
}

static const struct assay_predicate predicate = {
    .name = "json_schema",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = open_scratch,
    .close = close_scratch,
    .test = test,
    .note = note,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    return assay_need_texts(needs, check, &predicate, check->args, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    assay_judge_texts(check, measures, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    (void)check;
    assay_buf_puts(out, "keeps to the JSON schema");
}

const struct assay_expectation assay_expectation_json_schema = {
    .name = "json_schema",
    .summary = "values, or records, keep to a JSON Schema",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_RECORD,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "json_schema: {schema: {type: object, required: [id]}}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
    .release = release,
};
