/*
 * What the drivers of databases that are reached by HTTP share: where the server is, how
 * long an answer may take, and failures of the exchange as those of a database.
 */
#ifndef ASSAY_SOURCE_DB_HTTP_H
#define ASSAY_SOURCE_DB_HTTP_H

#include "source/db.h"
#include "source/http.h"

/* Where a DSN leads. Texts are decoded, in the arena, and may be empty. */
struct assay_db_place {
    struct assay_arena *arena;
    const char *base;              /* http://host:port */
    const char *server;            /* host:port, for messages */
    const char *user;              /* NULL: none is named */
    const char *path;              /* without the slash at its begin */
    const char *ca_file;           /* of the parameter of that name; NULL */
    struct assay_secret *password; /* NULL: none. The caller's, to be freed */
    bool tls;
    bool local; /* the host is this machine */
};

/* What a kind of server is called, and where it listens. */
struct assay_db_place_rule {
    const char *secure; /* the scheme that means TLS; capitals do not matter */
    const char *port, *tls_port;
    const char *host_env, *user_env, *password_env; /* what is not in the name; NULL: nowhere */
};

/*
 * Reads a DSN. Its parameters may be `ca_file` and no other. DB-DSN where it is wrong. The
 * password is added to the secrets. Free out->password also after a failure.
 */
enum assay_status assay_db_place_read(const struct assay_dsn *parts,
                                      const struct assay_db_place_rule *rule,
                                      struct assay_arena *arena, struct assay_secrets *secrets,
                                      struct assay_db_place *out,
                                      struct assay_error *err) ASSAY_CHECKED;

/*
 * Deadlines for a statement that may take `statement` seconds (0: it has no limit, and an
 * hour without a byte is taken for the end of the server).
 */
struct assay_http_limits assay_db_http_limits(const struct assay_source_options *options,
                                              const struct assay_db_place *place,
                                              uint64_t statement);

/* Seconds, rounded up, of a time in microseconds. */
uint64_t assay_db_seconds(int64_t micros);

/*
 * Makes the error of an exchange one of a database: DB-CONNECT before the answer began
 * (`begun` false), else DB-LOST, with the rows that had come; DB-TIMEOUT where `limit`
 * seconds were over. Interrupted and out of memory stay what they are.
 */
enum assay_status assay_db_http_failed(const struct assay_db_place *place, enum assay_status status,
                                       bool begun, uint64_t rows, uint64_t limit,
                                       struct assay_error *err);

/* Waits, in ASSAY_INTERRUPTED where `stop` is set. */
enum assay_status assay_db_pause(const _Atomic int *stop, unsigned milliseconds,
                                 struct assay_error *err);

/* The host is this machine: nobody listens in between. */
bool assay_db_host_is_local(struct assay_str host);

#endif
