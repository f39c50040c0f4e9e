/*
 * Requests to ClickHouse, and what its failures mean: the numbers of ErrorCodes.cpp of its
 * source as codes and help.
 */
#include "config.h"

#include "source/clickhouse_db.h"

#ifdef HAVE_LIBCURL

#include "base/url.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define URL_MAX ((size_t)15 << 10)
#define ERROR_MAX ((size_t)16 << 10)
#define BUSY 202
#define BUSY_TRIES 4
#define BUSY_PAUSE_MS 250

struct meaning {
    int number;
    const char *code;
    const char *help; /* NULL: none */
};

#define LIMIT_HELP                                                                            \
    "a limit of the user's profile or of the server; `where` may read less, and a statement " \
    "that would stop there has no answer"
#define SHARD_HELP "a server of the cluster did not answer; nothing was decided from half the data"

static const struct meaning meanings[] = {
    {16, "DB-STATEMENT", NULL},
    {32, "DB-LOST", SHARD_HELP},
    {36, "DB-STATEMENT", NULL},
    {42, "DB-STATEMENT", NULL},
    {43, "DB-STATEMENT", NULL},
    {46, "DB-STATEMENT", NULL},
    {47, "DB-STATEMENT", NULL},
    {48, "DB-STATEMENT", NULL},
    {50, "DB-STATEMENT", NULL},
    {53, "DB-STATEMENT", NULL},
    {60, "DB-TABLE", "names are taken exactly, capitals too; `table` may be DATABASE.TABLE"},
    {62, "DB-STATEMENT", NULL},
    {81, "DB-TABLE", "`SHOW DATABASES` lists the databases of a server"},
    {101, "DB-STATEMENT", NULL},
    {158, "DB-QUERY", LIMIT_HELP},
    {164, "DB-STATEMENT", "assay only reads: a statement that writes is refused"},
    {191, "DB-QUERY", LIMIT_HELP},
    {192, "DB-AUTH", NULL},
    {193, "DB-AUTH", NULL},
    {194, "DB-AUTH", NULL},
    {195, "DB-AUTH", NULL},
    {201, "DB-QUERY", "the user's quota is used up"},
    {BUSY, "DB-BUSY", "the server runs as many statements as it may: max_concurrent_queries"},
    {209, "DB-LOST", SHARD_HELP},
    {210, "DB-LOST", SHARD_HELP},
    {236, "DB-LOST", "the server was stopped"},
    {241, "DB-QUERY", "the statement needs more memory than the profile allows: max_memory_usage"},
    {279, "DB-LOST", SHARD_HELP},
    {291, "DB-DENIED", "the user needs SELECT on the table"},
    {307, "DB-QUERY", LIMIT_HELP},
    {394, "DB-LOST", "somebody ended the statement (KILL QUERY); it has no answer"},
    {396, "DB-QUERY", LIMIT_HELP},
    {452, "DB-DENIED", "the user's profile forbids a setting by which answers are kept right"},
    {497, "DB-DENIED", "the user needs SELECT on the table"},
    {516, "DB-AUTH", NULL},
    {519, "DB-LOST", SHARD_HELP},
};

#define AUTH_HELP \
    "the user and its password: in the URL, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD"

static const struct meaning *meaning_of(int number)
{
    static const struct meaning unknown = {0, "DB-QUERY", NULL};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].number == number)
            return &meanings[i];
    return &unknown;
}

/* `Code: 60. DB::Exception: …` and `Code: 60, e.displayText() = DB::Exception: …`; 0: none. */
static int number_of(const char *text)
{
    const char *at = strstr(text, "Code: ");
    return at != NULL ? (int)strtol(at + 6, NULL, 10) : 0;
}

static const char *earlier(const char *a, const char *b)
{
    return a == NULL || (b != NULL && b < a) ? b : a;
}

/* What a person should read of it: without its frame, its version and its stack. */
static struct assay_str gist_of(const char *text)
{
    static const char frame[] = "Exception: "; /* DB::Exception, DB::NetException, … */
    const char *at = strstr(text, frame);
    at = at != NULL ? at + sizeof frame - 1 : text;
    const char *end = at + strcspn(at, "\r\n");
    const char *other = earlier(strstr(at, ", e.what() ="), strstr(at, " (version "));
    other = earlier(other, strstr(at, ", Stack trace"));
    end = other != NULL && other < end ? other : end;
    size_t len = (size_t)(end - at);
    return assay_str(at, len < 400 ? len : 400);
}

static enum assay_status fail_late(const struct assay_ch *ch, struct assay_error *err)
{
    assay_fail(
        err, ASSAY_SOURCE, "DB-TIMEOUT", "the statement took longer than %s, %" PRIu64 " s (159)",
        ch->limit_is_ours ? "statement_timeout" : "the profile's max_execution_time", ch->limit);
    assay_error_help(err, "statement_timeout allows more; a `where` may make it faster");
    return ASSAY_SOURCE;
}

/* What the server says in `text`. */
static enum assay_status fail_with(struct assay_ch *ch, const char *text, uint64_t rows,
                                   struct assay_error *err)
{
    int number = number_of(text);
    const struct meaning *meaning = meaning_of(number);
    struct assay_str gist = gist_of(text);
    char count[48] = "";
    if (rows > 0)
        snprintf(count, sizeof count, " after %" PRIu64 " row%s", rows, rows == 1 ? "" : "s");
    if (number == 159 && ch->limit > 0)
        fail_late(ch, err);
    else if (number == 159)
        assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT", "%.*s (159)", (int)gist.len, gist.ptr);
    else
        assay_fail(err, ASSAY_SOURCE, meaning->code, "%.*s%s (%d)", (int)gist.len, gist.ptr, count,
                   number);
    if (number != 159 && strcmp(meaning->code, "DB-AUTH") == 0)
        assay_error_help(err, "%s", AUTH_HELP);
    else if (number != 159 && meaning->help != NULL)
        assay_error_help(err, "%s", meaning->help);
    if (err != NULL)
        assay_secrets_redact_error(&ch->secrets, err);
    return ASSAY_SOURCE;
}

int assay_ch_code(const struct assay_error *err)
{
    const char *open = strrchr(err->message, '(');
    return open != NULL ? (int)strtol(open + 1, NULL, 10) : 0;
}

static enum assay_status broken(struct assay_ch_answer *answer, enum assay_status status,
                                bool begun, struct assay_error *err)
{
    struct assay_ch *ch = answer->ch;
    uint64_t limit =
        ch->connected ? assay_db_http_limits(ch->options, &ch->place, ch->limit).total : 0;
    return assay_db_http_failed(&ch->place, status, begun, answer->rows, limit, err);
}

/* An answer that says only what went wrong. */
static enum assay_status fail_status(struct assay_ch_answer *answer, struct assay_error *err)
{
    char text[ERROR_MAX + 1];
    size_t len = 0, got = 1;
    int status = assay_http_status(answer->http);
    while (len < ERROR_MAX && got > 0 &&
           assay_http_read(answer->http, text + len, ERROR_MAX - len, &got, NULL) == ASSAY_OK)
        len += got;
    text[len] = '\0';
    for (size_t i = 0; i < len; i++)
        text[i] = text[i] == '\0' ? ' ' : text[i];
    answer->ended = true;
    if (strstr(text, "Exception: ") != NULL && number_of(text) != 0)
        return fail_with(answer->ch, text, 0, err);
    assay_fail(err, ASSAY_SOURCE, status == 401 || status == 403 ? "DB-AUTH" : "DB-CONNECT",
               "%s answered with status %d, and not as ClickHouse does", answer->ch->place.server,
               status);
    assay_error_help(err, "is that the port of its HTTP interface, 8123 or, with TLS, 8443?");
    return ASSAY_SOURCE;
}

static void make_id(char id[ASSAY_CH_ID])
{
    uint64_t bits[2] = {0, 0};
    if (getrandom(bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits)
        bits[0] ^= (uint64_t)(uintptr_t)id;
    snprintf(id, ASSAY_CH_ID, "assay-%016" PRIx64 "%016" PRIx64, bits[0], bits[1]);
}

static void put_url(struct assay_ch_answer *answer, const char *settings)
{
    struct assay_ch *ch = answer->ch;
    assay_buf_printf(&answer->url, "%s/?query_id=%s&default_format=TabSeparatedWithNamesAndTypes",
                     ch->place.base, answer->id);
    if (ch->place.path[0] != '\0') {
        assay_buf_puts(&answer->url, "&database=");
        assay_url_encode(assay_cstr(ch->place.path), "", &answer->url);
    }
    assay_buf_puts(&answer->url, settings);
}

static uint32_t put_headers(struct assay_ch_answer *answer)
{
    const struct assay_db_place *place = &answer->ch->place;
    uint32_t n = 0;
    answer->headers[n++] = (struct assay_http_header){"Content-Type", "text/plain; charset=UTF-8"};
    if (place->user != NULL)
        answer->headers[n++] = (struct assay_http_header){"X-ClickHouse-User", place->user};
    if (place->password != NULL)
        answer->headers[n++] = (struct assay_http_header){"X-ClickHouse-Key",
                                                          assay_secret_reveal(place->password).ptr};
    return n;
}

static enum assay_status send(struct assay_ch_answer *answer, const _Atomic int *stop,
                              struct assay_http_limits limits, struct assay_error *err)
{
    struct assay_http_request request = {
        .method = "POST",
        .url = answer->url.ptr,
        .headers = answer->headers,
        .header_count = put_headers(answer),
        .body = assay_buf_view(&answer->body),
        .no_redirect = true,
        .limits = limits,
        .stop = stop,
    };
    assay_http_close(answer->http);
    return assay_http_open(&request, &answer->http, err);
}

static enum assay_status ask_once(struct assay_ch_answer *answer, struct assay_error *err)
{
    struct assay_ch *ch = answer->ch;
    struct assay_error problem;
    enum assay_status status =
        send(answer, ch->options->stop, assay_db_http_limits(ch->options, &ch->place, ch->limit),
             &problem);
    answer->ended = false;
    if (status != ASSAY_OK) {
        answer->ended = status != ASSAY_INTERRUPTED;
        status = broken(answer, status, false, &problem);
    } else if (assay_http_status(answer->http) != 200)
        status = fail_status(answer, &problem);
    else if (!assay_http_is_framed(answer->http)) {
        status = assay_fail(&problem, ASSAY_SOURCE, "DB-LOST",
                            "the answer of %s does not show where it ends", ch->place.server);
        assay_error_help(&problem, "a proxy between here and the server speaks HTTP/1.0; without "
                                   "an end a cut answer could pass for a whole one");
    }
    if (status != ASSAY_OK && err != NULL)
        *err = problem;
    return status;
}

/* Every SELECT gets the mark as its first column, and the settings. */
static void put_select(const struct assay_ch *ch, struct assay_str sql, struct assay_buf *out)
{
    size_t len = sizeof ASSAY_CH_SELECT - 1;
    if (sql.len > len && memcmp(sql.ptr, ASSAY_CH_SELECT, len) == 0) {
        assay_buf_puts(out, ASSAY_CH_SELECT "1, ");
        assay_buf_add(out, sql.ptr + len, sql.len - len);
        assay_buf_str(out, assay_buf_view(&ch->clause));
    } else
        assay_buf_str(out, sql);
}

enum assay_status assay_ch_ask(struct assay_ch *ch, struct assay_str sql, const char *settings,
                               struct assay_ch_answer *out, struct assay_error *err)
{
    struct assay_error ignored;
    err = err != NULL ? err : &ignored;
    *out = (struct assay_ch_answer){.ch = ch, .ended = true};
    assay_buf_init(&out->url, URL_MAX);
    assay_buf_init(&out->body, ASSAY_CH_SQL_MAX);
    put_select(ch, sql, &out->body);
    for (int tries = 1;; tries++) {
        make_id(out->id);
        assay_buf_reset(&out->url);
        put_url(out, settings != NULL ? settings : assay_buf_view(&ch->settings).ptr);
        if (out->url.failed || out->body.failed)
            return assay_fail(err, ASSAY_LIMIT, "DB-STATEMENT", "the statement is too long");
        enum assay_status status = ask_once(out, err);
        if (status != ASSAY_SOURCE || tries == BUSY_TRIES || assay_ch_code(err) != BUSY)
            return status;
        ASSAY_TRY(assay_db_pause(ch->options->stop, BUSY_PAUSE_MS << tries, err));
    }
}

enum assay_status assay_ch_read(struct assay_ch_answer *answer, char *into, size_t room,
                                size_t *got, struct assay_error *err)
{
    struct assay_error problem = {0};
    enum assay_status status = assay_http_read(answer->http, into, room, got, &problem);
    if (status == ASSAY_OK) {
        answer->ended |= *got == 0;
        return ASSAY_OK;
    }
    status = broken(answer, status, true, &problem);
    if (err != NULL)
        *err = problem;
    return status;
}

enum assay_status assay_ch_failed_within(struct assay_ch_answer *answer, struct assay_str text,
                                         struct assay_error *err)
{
    char all[ERROR_MAX + 1];
    size_t len = text.len < ERROR_MAX ? text.len : ERROR_MAX, got = 1;
    memcpy(all, text.ptr, len);
    while (!answer->ended && len < ERROR_MAX && got > 0) {
        if (assay_http_read(answer->http, all + len, ERROR_MAX - len, &got, NULL) != ASSAY_OK)
            break; /* newer servers break the connection behind the text */
        len += got;
    }
    answer->ended = true;
    for (size_t i = 0; i < len; i++)
        all[i] = all[i] == '\0' ? ' ' : all[i];
    all[len] = '\0';
    if (number_of(all) != 0)
        return fail_with(answer->ch, all, answer->rows, err);
    assay_fail(err, ASSAY_SOURCE, "DB-LOST", "%s sent what is no row after %" PRIu64 " row%s",
               answer->ch->place.server, answer->rows, answer->rows == 1 ? "" : "s");
    assay_error_help(err, "does something between here and the server change what is sent?");
    return ASSAY_SOURCE;
}

/* The connection's end alone does not end a statement on every version. */
static void kill_query(struct assay_ch_answer *answer)
{
    struct assay_ch_answer kill = {.ch = answer->ch};
    char url_id[ASSAY_CH_ID];
    snprintf(url_id, sizeof url_id, "%s", answer->id);
    assay_buf_init(&kill.url, URL_MAX);
    assay_buf_init(&kill.body, 256);
    make_id(kill.id);
    put_url(&kill, "");
    assay_buf_printf(&kill.body, "KILL QUERY WHERE query_id = '%s' ASYNC", url_id);
    if (!kill.url.failed && !kill.body.failed)
        (void)send(&kill, NULL,
                   (struct assay_http_limits){
                       .connect = 1, .total = 2, .tries = 1, .ca_file = answer->ch->place.ca_file},
                   NULL);
    assay_http_close(kill.http);
    assay_buf_free(&kill.url);
    assay_buf_free(&kill.body);
}

void assay_ch_close_answer(struct assay_ch_answer *answer)
{
    if (answer->ch != NULL && !answer->ended)
        kill_query(answer);
    assay_http_close(answer->http);
    assay_buf_free(&answer->url);
    assay_buf_free(&answer->body);
    *answer = (struct assay_ch_answer){0};
}

#endif
