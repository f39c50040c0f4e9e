/*
 * Databases reached by HTTP: names, deadlines, failures.
 */
#include "config.h"

#include "source/db_http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#define TEXT_MAX ((size_t)16 << 10)
#define CONNECT_SECONDS 10
#define SILENCE_SECONDS 3600

static enum assay_status refuse(struct assay_error *err, const char *what, const char *help)
{
    assay_fail(err, ASSAY_USAGE, "DB-DSN", "%s", what);
    assay_error_help(err, "%s", help);
    return ASSAY_USAGE;
}

/* Decoded, in the arena; NULL without memory. */
static const char *decoded(struct assay_str text, struct assay_arena *arena)
{
    struct assay_buf buf;
    assay_buf_init(&buf, TEXT_MAX);
    assay_dsn_decode(text, &buf);
    char *copy = buf.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&buf));
    if (buf.ptr != NULL)
        assay_secret_wipe(buf.ptr, buf.len);
    assay_buf_free(&buf);
    return copy;
}

static const char *from_env(const char *name)
{
    const char *value = name != NULL ? getenv(name) : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static enum assay_status read_password(const struct assay_dsn *parts, const char *env,
                                       struct assay_secrets *secrets, struct assay_db_place *out,
                                       struct assay_error *err)
{
    struct assay_buf text;
    const char *value = from_env(env);
    assay_buf_init(&text, TEXT_MAX);
    if (parts->password.ptr != NULL)
        assay_dsn_decode(parts->password, &text);
    else if (value != NULL)
        assay_buf_puts(&text, value);
    bool any = text.len > 0, good = !text.failed;
    if (good && any) {
        out->password = assay_secret_new(assay_buf_view(&text));
        good = out->password != NULL && assay_secrets_add(secrets, assay_buf_view(&text));
    }
    if (text.ptr != NULL)
        assay_secret_wipe(text.ptr, text.len);
    assay_buf_free(&text);
    return good ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status read_params(struct assay_str query, struct assay_db_place *out,
                                     struct assay_error *err)
{
    struct assay_str name, value;
    while (assay_dsn_next_param(&query, &name, &value)) {
        if (!assay_str_is(name, "ca_file"))
            return refuse(err, "a parameter of the name is not known",
                          "table, query, where, order_by, and ca_file");
        out->ca_file = decoded(value, out->arena);
        if (out->ca_file == NULL)
            return assay_fail_nomem(err);
    }
    return ASSAY_OK;
}

bool assay_db_host_is_local(struct assay_str host)
{
    return assay_str_is(host, "localhost") || assay_str_is(host, "::1") ||
           (host.len > 4 && memcmp(host.ptr, "127.", 4) == 0);
}

static bool is_host(struct assay_str host)
{
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.ptr[i] <= ' ' || strchr("/?#@\\\"'", host.ptr[i]) != NULL)
            return false;
    return host.len > 0;
}

static enum assay_status read_host(const struct assay_dsn *parts,
                                   const struct assay_db_place_rule *rule,
                                   struct assay_db_place *out, struct assay_error *err)
{
    const char *env = from_env(rule->host_env);
    const char *given = parts->host.len > 0 ? decoded(parts->host, out->arena)
                        : env != NULL       ? env
                                            : "localhost";
    if (given == NULL)
        return assay_fail_nomem(err);
    struct assay_str host = assay_cstr(given);
    struct assay_str port =
        parts->port.len > 0 ? parts->port : assay_cstr(out->tls ? rule->tls_port : rule->port);
    if (!is_host(host) || strspn(port.ptr, "0123456789") < port.len || port.len > 5)
        return refuse(err, "the name has no host, or its port is no number",
                      "SCHEME://USER@HOST:PORT/…, with @ : / in a password as %40 %3A %2F");
    bool six = memchr(host.ptr, ':', host.len) != NULL;
    out->local = assay_db_host_is_local(host);
    out->server = assay_arena_printf(out->arena, "%s%s%s:%.*s", six ? "[" : "", given,
                                     six ? "]" : "", (int)port.len, port.ptr);
    if (out->server != NULL)
        out->base =
            assay_arena_printf(out->arena, "%s://%s", out->tls ? "https" : "http", out->server);
    return out->base != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

enum assay_status assay_db_place_read(const struct assay_dsn *parts,
                                      const struct assay_db_place_rule *rule,
                                      struct assay_arena *arena, struct assay_secrets *secrets,
                                      struct assay_db_place *out, struct assay_error *err)
{
    struct assay_str path = parts->path;
    *out = (struct assay_db_place){.arena = arena};
    if (!parts->authority)
        return refuse(err, "the name of such a database has two slashes behind its scheme",
                      "SCHEME://HOST:PORT/DATABASE?table=NAME");
    out->tls = parts->scheme.len == strlen(rule->secure) &&
               strncasecmp(parts->scheme.ptr, rule->secure, parts->scheme.len) == 0;
    if (path.len > 0)
        path = assay_str(path.ptr + 1, path.len - 1);
    out->path = decoded(path, arena);
    out->user = parts->user.len > 0 ? decoded(parts->user, arena) : from_env(rule->user_env);
    if (out->path == NULL || (parts->user.len > 0 && out->user == NULL))
        return assay_fail_nomem(err);
    ASSAY_TRY(read_password(parts, rule->password_env, secrets, out, err));
    ASSAY_TRY(read_params(parts->query, out, err));
    return read_host(parts, rule, out, err);
}

uint64_t assay_db_seconds(int64_t micros)
{
    return micros > 0 ? (uint64_t)(micros + 999999) / 1000000 : 0;
}

struct assay_http_limits assay_db_http_limits(const struct assay_source_options *options,
                                              const struct assay_db_place *place,
                                              uint64_t statement)
{
    uint64_t connect = assay_db_seconds(options->connect_timeout);
    connect = connect > 0 ? connect : CONNECT_SECONDS;
    uint64_t wait = statement > 0 && statement < UINT32_MAX / 4 ? statement + connect : 0;
    return (struct assay_http_limits){
        .connect = (uint32_t)(connect < UINT32_MAX / 4 ? connect : UINT32_MAX / 4),
        .idle = (uint32_t)(wait > 0 ? wait : SILENCE_SECONDS),
        .total = (uint32_t)wait,
        .tries = 1,
        .ca_file = place->ca_file,
    };
}

enum assay_status assay_db_http_failed(const struct assay_db_place *place, enum assay_status status,
                                       bool begun, uint64_t rows, uint64_t limit,
                                       struct assay_error *err)
{
    if (status == ASSAY_INTERRUPTED) /* without the URL */
        return assay_fail(err, status, "INTERRUPTED", "stopped by a signal");
    if (err == NULL || (status != ASSAY_SOURCE && status != ASSAY_LIMIT))
        return status;
    struct assay_error was = *err;
    char count[48] = "";
    bool late = strcmp(was.code, "HTTP-TIMEOUT") == 0;
    bool sent = begun || strcmp(was.code, "HTTP-CUT") == 0;
    if (rows > 0)
        snprintf(count, sizeof count, " after %" PRIu64 " row%s", rows, rows == 1 ? "" : "s");
    if (late && limit > 0) {
        assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT",
                   "%s did not answer within %" PRIu64 " s, the statement's time limit and time "
                   "to connect%s",
                   place->server, limit, count);
        assay_error_help(err, "statement_timeout allows more");
        return ASSAY_SOURCE;
    }
    if (sent)
        assay_fail(err, ASSAY_SOURCE, "DB-LOST", "the connection to %s was lost%s: %s",
                   place->server, count, was.message);
    else
        assay_fail(err, ASSAY_SOURCE, "DB-CONNECT", "%s: %s", place->server, was.message);
    if (sent)
        assay_error_help(err, "the network or the server went away; nothing was decided from half "
                              "the data");
    else if (was.help[0] != '\0')
        assay_error_help(err, "%s", was.help);
    return ASSAY_SOURCE;
}

enum assay_status assay_db_pause(const _Atomic int *stop, unsigned milliseconds,
                                 struct assay_error *err)
{
    for (unsigned waited = 0; waited < milliseconds; waited += 25) {
        if (stop != NULL && *stop != 0)
            return assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
        nanosleep(&(struct timespec){.tv_nsec = 25 * 1000000L}, NULL);
    }
    return ASSAY_OK;
}
