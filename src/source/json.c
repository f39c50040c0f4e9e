/*
 * The JSON source: goes from file to file and from batch to batch, numbers what it hands
 * out, and keeps what is to be said at the end.
 */
#include "config.h"

#include "source/json_source.h"

#include "source/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define BATCH_BYTES (512u << 10)
#define RECORD_LIMIT (128u << 20)
#define RECORD_LIMIT_MAX (1u << 30)

static const char *skip_blank(const char *at, const char *end)
{
    while (at < end && (json_is_space(*at) || *at == 0x1e))
        at++;
    return at;
}

/* The first line of the data, as far as it tells how records are separated. */
struct first_line {
    unsigned depth; /* brackets open at its end */
    char innermost; /* the last of them */
    char last;      /* its last character that is no space */
    bool in_string;
    bool again; /* a second value begins on it */
};

static struct first_line read_first_line(const char *at, const char *end)
{
    struct first_line line = {0};
    char open[64];
    bool closed = false;
    for (; at < end; at++) {
        char c = *at;
        if (line.in_string) {
            if (c == '\\')
                at++;
            line.in_string = c != '"';
            continue;
        }
        if (json_is_space(c))
            continue;
        line.again |= closed;
        line.last = c;
        line.in_string = c == '"';
        if (c == '{' || c == '[') {
            open[line.depth % sizeof open] = c;
            line.depth++;
        } else if ((c == '}' || c == ']') && line.depth > 0) {
            line.depth--;
            closed = line.depth == 0;
        }
    }
    if (line.depth > 0)
        line.innermost = open[(line.depth - 1) % sizeof open];
    return line;
}

/* How the data begins, for telling lines from documents. */
enum begins {
    BEGINS_LINE, /* with a record on a line of its own, as far as one can see */
    BEGINS_ARRAY,
    BEGINS_OBJECT,  /* one that goes on in a second line, which is no record of its own */
    BEGINS_SEVERAL, /* with several objects on one line */
    BEGINS_OTHER
};

static enum begins how_begins(const char *text, size_t len)
{
    const char *end = text + len, *at = skip_blank(text, end);
    if (at == end || *at != '{')
        return at < end && *at == '[' ? BEGINS_ARRAY : BEGINS_OTHER;
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    struct first_line line = read_first_line(at, feed != NULL ? feed : end);
    if (line.again && (line.depth == 0 || feed == NULL))
        return BEGINS_SEVERAL;
    if (feed == NULL || line.depth == 0 || line.in_string)
        return BEGINS_LINE;
    const char *next = skip_blank(feed, end);
    bool record = next == end || (*next == '{' && line.innermost == '{' && line.last != ':');
    return record ? BEGINS_LINE : BEGINS_OBJECT;
}

/* Data that was said to be lines and begins with something that goes over several. */
static enum assay_status refuse_lines(const struct json_source *json, struct assay_error *err)
{
    const char *text = json_buffer_base(&json->carry) + json->at;
    const char *end = text + (json->len - json->at), *at = skip_blank(text, end);
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    const char *to = feed != NULL ? feed : end;
    uint64_t line = 1, column = 1;
    assay_json_locate(text, (size_t)(at - text), &line, &column);
    while (to > at && json_is_space(to[-1]))
        to--;
    if (to - at == 1)
        assay_fail(err, ASSAY_SOURCE, "JSON-FORMAT", "line %u is \"%c\" only", (unsigned)line, *at);
    else
        assay_fail(err, ASSAY_SOURCE, "JSON-FORMAT", "line %u %s", (unsigned)line,
                   *at == '[' ? "begins an array" : "does not hold a whole record");
    assay_error_help(err, "records that go over several lines, or stand in an array: use "
                          "format: json");
    assay_error_at(err, assay_files_shown(&json->files), line, column);
    assay_error_excerpt(err, at, (size_t)(to - at), 0);
    return ASSAY_SOURCE;
}

/* An array of objects, or one that does not end in its line: no record of NDJSON. */
static bool is_array_of_records(const char *text, size_t len)
{
    const char *end = text + len, *at = skip_blank(text, end) + 1;
    at = skip_blank(at, end);
    return at == end || *at == '{';
}

/* Whether what has come tells how records are separated: one of them, and what is behind it. */
static bool tells_framing(const struct json_source *json)
{
    const char *text = json_buffer_base(&json->carry) + json->at, *too_deep = NULL;
    const char *end = text + (json->len - json->at), *at = skip_blank(text, end);
    if (at < end && *at == '[')
        at = skip_blank(at + 1, end);
    at = at < end ? assay_json_value_end(at, end, &too_deep) : NULL;
    while (at != NULL && at < end && *at != '\n' && json_is_space(*at))
        at++;
    return too_deep != NULL || (at != NULL && at < end);
}

static enum assay_status choose_framing(struct json_source *json, struct assay_error *err)
{
    const char *text = json_buffer_base(&json->carry) + json->at;
    size_t len = json->len - json->at;
    enum begins begins = how_begins(text, len);
    json->frame.lines = false;
    if (json->framing == JSON_FRAMING_DOCUMENTS || json->pointer.count > 0)
        return ASSAY_OK;
    bool documents =
        begins == BEGINS_OBJECT || (begins == BEGINS_ARRAY && is_array_of_records(text, len));
    if (json->framing == JSON_FRAMING_LINES && documents)
        return refuse_lines(json, err);
    json->frame.lines = json->framing == JSON_FRAMING_LINES || begins == BEGINS_LINE;
    return ASSAY_OK;
}

/* Data that says nothing: `{}` or `null` alone are no record. Among other files they are one. */
static bool says_nothing(const struct json_source *json)
{
    if (json->files.count > 1)
        return false;
    const char *text = json_buffer_base(&json->carry) + json->at;
    const char *end = text + (json->len - json->at), *at = skip_blank(text, end);
    if (!json->ended)
        return false;
    while (end > at && json_is_space(end[-1]))
        end--;
    struct assay_str all = assay_str(at, (size_t)(end - at));
    return assay_str_is(all, "{}") || assay_str_is(all, "null");
}

static enum json_form form_of(const struct json_source *json)
{
    const char *text = json_buffer_base(&json->carry);
    const char *end = text + json->len, *at = skip_blank(text + json->at, end);
    if (at == end)
        return JSON_FORM_NONE;
    if (json->frame.lines)
        return JSON_FORM_LINES;
    return json->pointer.count > 0 || *at == '[' ? JSON_FORM_ARRAY : JSON_FORM_DOCUMENTS;
}

/* Records that are written out as they stood are of one form. */
static enum assay_status check_form(struct json_source *json, struct assay_error *err)
{
    static const char *const names[] = {"", "lines", "elements of an array",
                                        "documents one behind the other"};
    enum json_form form = form_of(json);
    if (json->form == JSON_FORM_NONE)
        json->form = form;
    if (form == json->form || form == JSON_FORM_NONE || !json->options.raw)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "FILTER-MIXED",
               "its records are %s, those of the files before it %s: they make no file together",
               names[form], names[json->form]);
    assay_error_help(err, "filter the files of each form by themselves");
    assay_error_at(err, assay_files_shown(&json->files), 0, 0);
    return ASSAY_SOURCE;
}

static void start_frame(struct json_source *json)
{
    bool lines = json->frame.lines;
    assay_json_frame_free(&json->frame);
    assay_json_frame_init(&json->frame);
    json->frame.lines = lines;
    json->frame.pointer = json->pointer.count > 0 ? &json->pointer : NULL;
    json->frame.pointer_text = json->options.records;
    json->frame.file = assay_files_shown(&json->files);
}

static enum assay_status begin_file(struct json_source *json, struct assay_error *err)
{
    bool have;
    ASSAY_TRY(assay_files_next(&json->files, &have, err));
    json->at = json->len = 0;
    json->ended = false;
    json->in_file = have;
    if (!have)
        return ASSAY_OK;
    do
        ASSAY_TRY(json_load(json, JSON_WINDOW, err));
    while (json->len - json->at < JSON_WINDOW && !json->ended && !json->has_pending &&
           !tells_framing(json));
    ASSAY_TRY(choose_framing(json, err));
    ASSAY_TRY(check_form(json, err));
    start_frame(json);
    if (says_nothing(json))
        json->at = json->len;
    return ASSAY_OK;
}

static void end_file(struct json_source *json)
{
    struct assay_error err;
    if (assay_files_end(&json->files, &err) != ASSAY_OK)
        json_last(json, UINT64_MAX, &err);
    json->in_file = false;
}

void json_last(struct json_source *json, uint64_t record, const struct assay_error *err)
{
    pthread_mutex_lock(&json->lock);
    if (!json->has_last || record < json->last_record) {
        json->last = *err;
        json->last_record = record;
    }
    json->has_last = true;
    pthread_mutex_unlock(&json->lock);
}

static enum assay_status json_next(struct assay_source *source, struct assay_batch *batch,
                                   struct assay_error *err)
{
    struct json_source *json = (struct json_source *)source;
    struct json_batch *own = batch->impl;
    own->finding_count = 0;
    for (;;) {
        if (!json->in_file)
            ASSAY_TRY(begin_file(json, err));
        if (!json->in_file)
            return ASSAY_OK;
        batch->file = json->files.index;
        batch->record = json->record;
        ASSAY_TRY(json_fill(json, own, err));
        if (own->len == 0)
            end_file(json);
        if (own->cut.records.count > 0) {
            batch->rows = own->cut.records.count;
            batch->sequence = json->sequence++;
            return ASSAY_OK;
        }
    }
}

static enum assay_status json_rewind(struct assay_source *source, struct assay_error *err)
{
    struct json_source *json = (struct json_source *)source;
    ASSAY_TRY(assay_files_rewind(&json->files, err));
    json->in_file = false;
    json->at = json->len = 0;
    json->sequence = json->record = 0;
    return ASSAY_OK;
}

static enum assay_status json_finish(struct assay_source *source, struct assay_error *err)
{
    const struct json_source *json = (const struct json_source *)source;
    if (!json->has_last)
        return ASSAY_OK;
    if (err != NULL)
        *err = json->last;
    return json->last.status;
}

static void json_close(struct assay_source *source)
{
    struct json_source *json = (struct json_source *)source;
    assay_files_close(&json->files);
    assay_json_frame_free(&json->frame);
    json_buffer_free(&json->carry);
    pthread_mutex_destroy(&json->lock);
    assay_arena_free(&json->base.arena);
    free(json);
}

static const struct assay_source_ops json_ops = {
    .next = json_next,
    .rewind = json_rewind,
    .batch_init = json_batch_init,
    .batch_free = json_batch_free,
    .finish = json_finish,
    .close = json_close,
    .column = json_names_column,
    .fans_out = json_names_fans_out,
    .found = json_names_found,
};

static enum assay_status configure(struct json_source *json, struct assay_error *err)
{
    const struct assay_source_options *options = &json->options;
    uint64_t field = options->max_field;
    size_t batch = options->batch_bytes > 0 ? options->batch_bytes : BATCH_BYTES;
    bool nomem = false;
    json->reference = options->json_engine == ASSAY_JSON_YAJL;
    json->record_limit = field == 0                     ? RECORD_LIMIT
                         : field < RECORD_LIMIT_MAX / 2 ? 2 * (size_t)field
                                                        : RECORD_LIMIT_MAX;
    if (json->record_limit < 1u << 20)
        json->record_limit = 1u << 20;
    json->batch_bytes = batch < json->record_limit ? batch : json->record_limit;
    if (getrandom(&json->seed, sizeof json->seed, GRND_NONBLOCK) != sizeof json->seed)
        json->seed = (uint64_t)(uintptr_t)json;
    assay_json_tree_init(&json->wanted, &json->base.arena, json->seed, UINT32_MAX);
    if (options->records == NULL || options->records[0] == '\0')
        return ASSAY_OK;
    if (assay_json_pointer_parse(assay_cstr(options->records), &json->base.arena, &json->pointer,
                                 &nomem))
        return ASSAY_OK;
    if (nomem)
        return assay_fail_nomem(err);
    assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "records cannot be \"%s\"", options->records);
    assay_error_help(err, "expected a JSON Pointer: /data/items is `items` within `data`");
    return ASSAY_USAGE;
}

/* Opens files until one of them has a record to name the columns by. */
static enum assay_status find_columns(struct json_source *json, struct assay_error *err)
{
    do {
        ASSAY_TRY(begin_file(json, err));
        if (!json->in_file)
            break;
        ASSAY_TRY(json_names_find(json, err));
        bool nothing = !json->has_records && json->ended && !json->has_pending &&
                       skip_blank(json_buffer_base(&json->carry) + json->at,
                                  json_buffer_base(&json->carry) + json->len) ==
                           json_buffer_base(&json->carry) + json->len;
        if (!nothing)
            break;
        end_file(json);
    } while (json->files.index < json->files.count);
    return ASSAY_OK;
}

/* Records of an array stand in an array again, lines and documents as they were. */
static void set_frame(struct json_source *json)
{
    struct assay_source_frame *frame = &json->base.frame;
    bool marked = json->files.input != NULL && json->files.input->marked;
    frame->lines = json->frame.lines;
    frame->between = ASSAY_STR("\n");
    frame->before = marked ? ASSAY_STR("\xef\xbb\xbf") : ASSAY_STR("");
    frame->after = ASSAY_STR("");
    if (frame->lines)
        return;
    frame->after = ASSAY_STR("\n");
    if (json->form == JSON_FORM_ARRAY) {
        frame->before = marked ? ASSAY_STR("\xef\xbb\xbf[\n") : ASSAY_STR("[\n");
        frame->between = ASSAY_STR(",\n");
        frame->after = ASSAY_STR("\n]\n");
    }
}

static enum assay_status open_source(const struct assay_glob *glob,
                                     const struct assay_source_options *options,
                                     struct assay_input *first, enum json_framing framing,
                                     struct assay_source **out, struct assay_error *err)
{
    struct json_source *json = calloc(1, sizeof *json);
    if (json == NULL) {
        assay_input_close(first);
        return assay_fail_nomem(err);
    }
    json->base.ops = &json_ops;
    json->options = *options;
    json->framing = framing;
    assay_arena_init(&json->base.arena, 0);
    pthread_mutex_init(&json->lock, NULL);
    enum assay_status status =
        assay_files_init(&json->files, &json->base, glob, options, first, err);
    if (status == ASSAY_OK)
        status = configure(json, err);
    if (status == ASSAY_OK)
        status = find_columns(json, err);
    if (status == ASSAY_OK)
        set_frame(json);
    if (status != ASSAY_OK) {
        json_close(&json->base);
        return status;
    }
    *out = &json->base;
    return ASSAY_OK;
}

static bool is_literal(const char *at, const char *end)
{
    static const char *const words[] = {"null", "true", "false"};
    for (size_t i = 0; i < 3; i++)
        if ((size_t)(end - at) >= strlen(words[i]) && memcmp(at, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/*
 * A brace or a bracket, and behind it what JSON has there. A CSV header may begin with a
 * bracket, too ([id],[name]), which a name can settle.
 */
static bool matches(const struct assay_source_signs *signs)
{
    const char *end = signs->head.ptr + signs->head.len, *at = skip_blank(signs->head.ptr, end);
    if (signs->named)
        return true;
    if (at == end || (*at != '{' && *at != '['))
        return false;
    const char *next = skip_blank(at + 1, end);
    if (*at == '{')
        return !signs->named_other || (next < end && (*next == '"' || *next == '}'));
    if (signs->named_other || next == end)
        return next < end && *next == '{';
    return strchr("{[\"]-0123456789", *next) != NULL || is_literal(next, end);
}

#define OPEN_AS(name, framing)                                                         \
    static enum assay_status name(                                                     \
        const struct assay_glob *glob, const struct assay_source_options *options,     \
        struct assay_input *first, struct assay_source **out, struct assay_error *err) \
    {                                                                                  \
        return open_source(glob, options, first, framing, out, err);                   \
    }

OPEN_AS(open_any, JSON_FRAMING_AUTO)
OPEN_AS(open_documents, JSON_FRAMING_DOCUMENTS)
OPEN_AS(open_lines, JSON_FRAMING_LINES)

static const char *const suffixes[] = {".json", ".ndjson", ".jsonl", ".geojson", NULL};

const struct assay_source_format assay_source_json = {suffixes, matches, open_any};
const struct assay_source_format assay_source_documents = {suffixes, NULL, open_documents};
const struct assay_source_format assay_source_lines = {suffixes, NULL, open_lines};
