/*
 * The protocol of Trino, and what its failures mean: the names of StandardErrorCode.java of
 * its source as codes and help.
 */
#include "config.h"

#include "source/trino_db.h"

#ifdef HAVE_LIBCURL

#include "base/json_read.h"
#include "base/url.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#define URL_MAX ((size_t)16 << 10)
#define PAGE_MAX ((size_t)256 << 20)
#define PIECE ((size_t)64 << 10)
#define TRIES 5
#define SILENCE_MS 3600000
#define LONGEST_PAUSE_MS 500

struct meaning {
    const char *name; /* or what it begins with, up to a star */
    const char *code;
    const char *help; /* NULL: none */
};

#define LOST_HELP "the cluster failed in the middle; nothing was decided from half the data"

/* The first that fits. */
static const struct meaning meanings[] = {
    {"TABLE_NOT_FOUND", "DB-TABLE", "`table` may be CATALOG.SCHEMA.TABLE"},
    {"SCHEMA_NOT_FOUND", "DB-TABLE", "`SHOW SCHEMAS` lists the schemas of a catalog"},
    {"CATALOG_NOT_FOUND", "DB-TABLE", "`SHOW CATALOGS` lists the catalogs of a server"},
    {"MISSING_CATALOG_NAME", "DB-TABLE", "the source's name is trino://HOST/CATALOG/SCHEMA?table="},
    {"MISSING_SCHEMA_NAME", "DB-TABLE", "the source's name is trino://HOST/CATALOG/SCHEMA?table="},
    {"PERMISSION_DENIED", "DB-DENIED", "the user needs SELECT on the table"},
    {"DIVISION_BY_ZERO", "DB-VALUE", NULL},
    {"NUMERIC_VALUE_OUT_OF_RANGE", "DB-VALUE", NULL},
    {"INVALID_CAST_ARGUMENT", "DB-VALUE", NULL},
    {"EXCEEDED_TIME_LIMIT", "DB-TIMEOUT", "statement_timeout allows more"},
    {"QUERY_QUEUE_FULL", "DB-BUSY", "the server has as many statements waiting as it may"},
    {"CLUSTER_OUT_OF_MEMORY", "DB-QUERY", "the statement needs more memory than the server has"},
    {"EXCEEDED_*", "DB-QUERY", "a limit of the server; `where` may read less"},
    {"ADMINISTRATIVELY_*", "DB-LOST", "somebody ended the statement; it has no answer"},
    {"USER_CANCELED", "DB-LOST", "somebody ended the statement; it has no answer"},
    {"ABANDONED_QUERY", "DB-LOST", LOST_HELP},
    {"NO_NODES_AVAILABLE", "DB-LOST", LOST_HELP},
    {"TOO_MANY_REQUESTS_FAILED", "DB-LOST", LOST_HELP},
    {"PAGE_TRANSPORT_*", "DB-LOST", LOST_HELP},
    {"REMOTE_*", "DB-LOST", LOST_HELP},
    {"SERVER_*", "DB-LOST", LOST_HELP},
    {"WORKER_*", "DB-LOST", LOST_HELP},
};

static const struct meaning *meaning_of(struct assay_str name, struct assay_str type)
{
    static const struct meaning wrong = {"", "DB-STATEMENT", NULL}, other = {"", "DB-QUERY", NULL};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        size_t len = strcspn(meanings[i].name, "*");
        bool all = meanings[i].name[len] == '\0';
        if (name.len >= len && memcmp(name.ptr, meanings[i].name, len) == 0 &&
            (!all || name.len == len))
            return &meanings[i];
    }
    return assay_str_is(type, "USER_ERROR") ? &wrong : &other;
}

static struct assay_str text_of(const struct assay_value *map, const char *name)
{
    const struct assay_value *value = assay_value_member(map, assay_cstr(name));
    return value != NULL && value->kind == ASSAY_VALUE_STRING ? value->text : assay_str("", 0);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void count_rows(const struct assay_trino_answer *answer, char out[48])
{
    out[0] = '\0';
    if (answer->rows_seen > 0)
        snprintf(out, 48, " after %" PRIu64 " row%s", answer->rows_seen,
                 answer->rows_seen == 1 ? "" : "s");
}

/* What the server says: the first line, and its name for it. */
static enum assay_status fail_with(const struct assay_trino_answer *answer,
                                   const struct assay_value *error, struct assay_error *err)
{
    struct assay_str message = text_of(error, "message"), name = text_of(error, "errorName");
    const struct meaning *meaning = meaning_of(name, text_of(error, "errorType"));
    char count[48];
    const char *end = message.len > 0 ? memchr(message.ptr, '\n', message.len) : NULL;
    int len = (int)(end != NULL ? end - message.ptr : (ptrdiff_t)message.len);
    count_rows(answer, count);
    assay_fail(err, ASSAY_SOURCE, meaning->code, "%.*s%s (%.*s)", len < 400 ? len : 400,
               message.ptr, count, name.len < 64 ? (int)name.len : 64, name.ptr);
    if (meaning->help != NULL)
        assay_error_help(err, "%s", meaning->help);
    if (err != NULL)
        assay_secrets_redact_error(&answer->trino->secrets, err);
    return ASSAY_SOURCE;
}

static enum assay_status fail_protocol(const struct assay_trino_answer *answer, const char *what,
                                       struct assay_error *err)
{
    char count[48];
    count_rows(answer, count);
    assay_fail(err, ASSAY_SOURCE, "DB-LOST", "%s %s%s", answer->trino->place.server, what, count);
    assay_error_help(err, "is that a server of Trino? Does something between change what it says?");
    return ASSAY_SOURCE;
}

static enum assay_status fail_late(const struct assay_trino *trino, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT", "the statement took longer than %" PRIu64 " s",
               trino->limit > 0 ? trino->limit : (uint64_t)SILENCE_MS / 1000);
    assay_error_help(err, trino->limit > 0 ? "statement_timeout allows more"
                                           : "the server had no news for so long");
    return ASSAY_SOURCE;
}

/* Session headers are for the statement, the user and who that is for every page. */
static uint32_t put_headers(const struct assay_trino *trino, bool all,
                            struct assay_http_header *headers)
{
    uint32_t n = 0;
    headers[n++] = (struct assay_http_header){"X-Trino-User", trino->place.user};
    headers[n++] = (struct assay_http_header){"X-Trino-Source", "assay"};
    if (!all)
        return n;
    headers[n++] = (struct assay_http_header){"Content-Type", "text/plain; charset=UTF-8"};
    headers[n++] = (struct assay_http_header){"X-Trino-Time-Zone", "UTC"};
    headers[n++] = (struct assay_http_header){"X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME"};
    if (trino->catalog != NULL)
        headers[n++] = (struct assay_http_header){"X-Trino-Catalog", trino->catalog};
    if (trino->schema != NULL)
        headers[n++] = (struct assay_http_header){"X-Trino-Schema", trino->schema};
    if (trino->session != NULL)
        headers[n++] = (struct assay_http_header){"X-Trino-Session", trino->session};
    return n;
}

/* What is left of the time for a statement. */
static struct assay_http_limits limits_of(const struct assay_trino_answer *answer)
{
    const struct assay_trino *trino = answer->trino;
    struct assay_http_limits limits =
        assay_db_http_limits(trino->options, &trino->place, trino->limit);
    if (limits.total > 0) {
        int64_t left = (int64_t)limits.total - (now_ms() - answer->began_ms) / 1000;
        limits.total = left > 1 ? (uint32_t)left : 1;
    }
    limits.tries = TRIES;
    limits.max_body = PAGE_MAX;
    return limits;
}

/* The whole body. It is bounded by max_body. */
static enum assay_status read_body(struct assay_trino_answer *answer, struct assay_http *http,
                                   struct assay_error *err)
{
    size_t got = 1;
    assay_buf_reset(&answer->body);
    while (got > 0) {
        if (!assay_buf_reserve(&answer->body, PIECE))
            return assay_fail_nomem(err);
        ASSAY_TRY(assay_http_read(http, answer->body.ptr + answer->body.len, PIECE, &got, err));
        answer->body.len += got;
    }
    return ASSAY_OK;
}

static enum assay_status check_status(const struct assay_trino_answer *answer,
                                      const struct assay_http *http, struct assay_error *err)
{
    int status = assay_http_status(http);
    if (status == 200)
        return ASSAY_OK;
    bool who = status == 401 || status == 403;
    assay_fail(err, ASSAY_SOURCE,
               who                      ? "DB-AUTH"
               : answer->rows_seen == 0 ? "DB-CONNECT"
                                        : "DB-LOST",
               "%s answered with status %d", answer->trino->place.server, status);
    assay_error_help(err, who ? "the user and its password: in the URL, or in TRINO_USER, "
                                "TRINO_PASSWORD or TRINO_ACCESS_TOKEN, over TLS"
                              : "is that a server of Trino, and is it up?");
    return ASSAY_SOURCE;
}

static enum assay_status exchange(struct assay_trino_answer *answer, const char *method,
                                  const char *url, struct assay_str body, struct assay_error *err)
{
    struct assay_trino *trino = answer->trino;
    struct assay_http_header headers[8];
    struct assay_http *http = NULL;
    struct assay_error problem = {0};
    bool post = strcmp(method, "POST") == 0;
    struct assay_http_request request = {
        .method = method,
        .url = url,
        .headers = headers,
        .header_count = put_headers(trino, post, headers),
        .body = body,
        .authorization = trino->authorization,
        .repeatable = true, /* a statement that reads */
        .no_redirect = true,
        .limits = limits_of(answer),
        .stop = trino->options->stop,
    };
    enum assay_status status = assay_http_open(&request, &http, &problem);
    bool begun = status == ASSAY_OK || !post;
    if (status == ASSAY_OK)
        status = read_body(answer, http, &problem);
    if (status != ASSAY_OK)
        status = assay_db_http_failed(
            &trino->place, status, begun, answer->rows_seen,
            assay_db_http_limits(trino->options, &trino->place, trino->limit).total, &problem);
    else
        status = check_status(answer, http, &problem);
    assay_http_close(http);
    if (status != ASSAY_OK && err != NULL)
        *err = problem;
    return status;
}

static bool is_plain(struct assay_str url)
{
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || (unsigned char)url.ptr[i] >= 0x7f)
            return false;
    return true;
}

/* Where the next page is, which must be where this one was. */
static enum assay_status take_next(struct assay_trino_answer *answer, struct assay_error *err)
{
    const struct assay_value *given = assay_value_member(&answer->page, ASSAY_STR("nextUri"));
    struct assay_str next = text_of(&answer->page, "nextUri");
    struct assay_url to, from;
    assay_buf_reset(&answer->next);
    if (given == NULL || given->kind == ASSAY_VALUE_NULL)
        return ASSAY_OK;
    if (next.len == 0 || !is_plain(next))
        return fail_protocol(answer, "names no place for the rest of its answer", err);
    bool good = assay_url_split(next, &to) &&
                assay_url_split(assay_cstr(answer->trino->place.base), &from) &&
                to.host.len == from.host.len &&
                strncasecmp(to.host.ptr, from.host.ptr, to.host.len) == 0 && !to.has_userinfo &&
                assay_str_equal(to.scheme, from.scheme) && to.path.len > 4 &&
                memcmp(to.path.ptr, "/v1/", 4) == 0;
    struct assay_str port = good ? to.port : assay_str("", 0);
    if (port.len == 0)
        port = answer->trino->place.tls ? ASSAY_STR("443") : ASSAY_STR("80");
    if (!good || !assay_str_equal(port, from.port)) {
        fail_protocol(answer, "names another server for the rest of its answer", err);
        assay_error_help(err, "nothing was sent there; a proxy has to hand on the host, scheme and "
                              "port that it was reached by (X-Forwarded-…)");
        return ASSAY_SOURCE;
    }
    assay_buf_str(&answer->next, next);
    return answer->next.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

/* At its end a statement has finished: one that was ended by others may say no more. */
static enum assay_status check_end(struct assay_trino_answer *answer, struct assay_error *err)
{
    const struct assay_value *stats = assay_value_member(&answer->page, ASSAY_STR("stats"));
    struct assay_str state = text_of(stats, "state");
    if (answer->next.len > 0 || assay_str_is(state, "FINISHED"))
        return ASSAY_OK;
    return fail_protocol(answer, "ended its answer before the statement was done", err);
}

/* Any member of that name that is not null is one, whatever else the page has. */
static enum assay_status look_for_error(struct assay_trino_answer *answer, struct assay_error *err)
{
    for (size_t i = 0; i < answer->page.count; i++) {
        const struct assay_value *error = &answer->page.items[i];
        if (!assay_str_is(answer->page.keys[i], "error") || error->kind == ASSAY_VALUE_NULL)
            continue;
        assay_buf_reset(&answer->next);
        return error->kind == ASSAY_VALUE_MAP
                   ? fail_with(answer, error, err)
                   : fail_protocol(answer, "tells of an error in a form that is none", err);
    }
    return ASSAY_OK;
}

/* Rows are read by the columns that the first page told: no other may tell others. */
static enum assay_status check_columns(struct assay_trino_answer *answer, struct assay_error *err)
{
    const struct assay_value *list = assay_value_member(&answer->page, ASSAY_STR("columns"));
    struct assay_buf told;
    if (list == NULL || list->kind != ASSAY_VALUE_LIST)
        return ASSAY_OK;
    assay_buf_init(&told, PAGE_MAX);
    for (size_t i = 0; i < list->count; i++) {
        struct assay_str name = text_of(&list->items[i], "name");
        struct assay_str type = text_of(&list->items[i], "type");
        assay_buf_printf(&told, "%zu %zu ", name.len, type.len);
        assay_buf_str(&told, name);
        assay_buf_str(&told, type);
    }
    bool first = answer->columns.len == 0;
    bool good = first || assay_str_equal(assay_buf_view(&told), assay_buf_view(&answer->columns));
    if (first)
        assay_buf_str(&answer->columns, assay_buf_view(&told));
    bool failed = told.failed || answer->columns.failed;
    assay_buf_free(&told);
    return failed ? assay_fail_nomem(err)
           : good ? ASSAY_OK
                  : fail_protocol(answer, "sent a page of other columns than the first", err);
}

static enum assay_status take_page(struct assay_trino_answer *answer, struct assay_error *err)
{
    assay_arena_reset(&answer->arena);
    answer->rows = NULL;
    enum assay_json_read read =
        assay_json_read(&answer->arena, assay_buf_view(&answer->body), &answer->page);
    if (read == ASSAY_JSON_READ_NOMEM)
        return assay_fail_nomem(err);
    if (read != ASSAY_JSON_READ_OK || answer->page.kind != ASSAY_VALUE_MAP ||
        text_of(&answer->page, "id").len == 0)
        return fail_protocol(answer, "sent what is no page of an answer", err);
    ASSAY_TRY(look_for_error(answer, err));
    ASSAY_TRY(take_next(answer, err));
    ASSAY_TRY(check_columns(answer, err));
    const struct assay_value *data = assay_value_member(&answer->page, ASSAY_STR("data"));
    if (data != NULL && data->kind == ASSAY_VALUE_LIST && data->count > 0) {
        answer->rows = data;
        answer->heard_ms = now_ms();
        answer->pause_ms = 0;
    } else if (data != NULL && data->kind != ASSAY_VALUE_LIST && data->kind != ASSAY_VALUE_NULL)
        return fail_protocol(answer, "sent rows in a form that was not asked for", err);
    return check_end(answer, err);
}

enum assay_status assay_trino_ask(struct assay_trino *trino, struct assay_str sql,
                                  struct assay_trino_answer *out, struct assay_error *err)
{
    struct assay_buf url;
    *out = (struct assay_trino_answer){.trino = trino};
    out->began_ms = out->heard_ms = now_ms();
    assay_buf_init(&out->next, URL_MAX);
    assay_buf_init(&out->body, PAGE_MAX + PIECE);
    assay_buf_init(&out->columns, PAGE_MAX);
    assay_arena_init(&out->arena, 0);
    assay_buf_init(&url, URL_MAX);
    assay_buf_printf(&url, "%s/v1/statement", trino->place.base);
    enum assay_status status =
        url.failed ? assay_fail_nomem(err) : exchange(out, "POST", url.ptr, sql, err);
    assay_buf_free(&url);
    return status == ASSAY_OK ? take_page(out, err) : status;
}

enum assay_status assay_trino_turn(struct assay_trino_answer *answer, bool *more,
                                   struct assay_error *err)
{
    struct assay_trino *trino = answer->trino;
    *more = answer->next.len > 0;
    if (!*more)
        return ASSAY_OK;
    int64_t now = now_ms();
    uint64_t limit = assay_db_http_limits(trino->options, &trino->place, trino->limit).total;
    if ((limit > 0 && now - answer->began_ms > (int64_t)limit * 1000) ||
        now - answer->heard_ms > SILENCE_MS)
        return fail_late(trino, err);
    ASSAY_TRY(assay_db_pause(trino->options->stop, answer->pause_ms, err));
    /* The server waits itself while it works; where it does not, we do. */
    answer->pause_ms = answer->pause_ms == 0                 ? 1
                       : answer->pause_ms < LONGEST_PAUSE_MS ? answer->pause_ms * 2
                                                             : answer->pause_ms;
    char *url = assay_arena_strdup(&answer->arena, assay_buf_view(&answer->next));
    if (url == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(exchange(answer, "GET", url, assay_str("", 0), err));
    return take_page(answer, err);
}

void assay_trino_close_answer(struct assay_trino_answer *answer)
{
    if (answer->trino != NULL && answer->next.len > 0) {
        struct assay_http_header headers[8];
        struct assay_http *http = NULL;
        struct assay_http_request request = {
            .method = "DELETE",
            .url = answer->next.ptr,
            .headers = headers,
            .header_count = put_headers(answer->trino, false, headers),
            .authorization = answer->trino->authorization,
            .no_redirect = true,
            .limits = {.connect = 1,
                       .total = 2,
                       .tries = 1,
                       .ca_file = answer->trino->place.ca_file},
        };
        if (assay_http_open(&request, &http, NULL) == ASSAY_OK)
            assay_http_close(http);
    }
    assay_buf_free(&answer->next);
    assay_buf_free(&answer->body);
    assay_buf_free(&answer->columns);
    assay_arena_free(&answer->arena);
    *answer = (struct assay_trino_answer){0};
}

#endif
