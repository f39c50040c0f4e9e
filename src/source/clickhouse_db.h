/*
 * The driver for ClickHouse, in parts: the session (clickhouse.c), the settings that every
 * statement has (clickhouse_settings.c), requests and failures (clickhouse_http.c), rows
 * (clickhouse_rows.c). Private to them.
 *
 * Its HTTP interface has no sessions: each statement is a request with all its settings.
 * They make the server read and nothing else (readonly=2, by which settings can be changed
 * but no data), and keep what a profile may say from changing an answer: a limit must fail
 * (`throw`), where a profile may have it cut the data short (`break`). There is no snapshot
 * over statements.
 *
 * A statement that fails in the middle ends its answer with the error's text, in place of
 * a row. So every row begins with a mark that no such text begins with, and the answer
 * counts only where HTTP says that it is whole.
 */
#ifndef ASSAY_SOURCE_CLICKHOUSE_DB_H
#define ASSAY_SOURCE_CLICKHOUSE_DB_H

#include "source/db_http.h"

#define ASSAY_CH_SQL_MAX ((size_t)16 << 20)
#define ASSAY_CH_ID 40

/* What the statements begin with whose rows begin with the mark. */
#define ASSAY_CH_SELECT "SELECT "

struct assay_ch {
    struct assay_db base;
    const struct assay_source_options *options;
    struct assay_secrets secrets;
    struct assay_db_place place;
    struct assay_buf settings; /* of every request: `&name=value…`, encoded */
    struct assay_buf clause;   /* of every SELECT: ` SETTINGS name = value, …`, or nothing */
    uint64_t limit;            /* seconds that a statement may take; 0: none */
    bool limit_is_ours;        /* from the options, not from the user's profile */
    bool connected;            /* the server told its settings */
    bool pinned;               /* the settings are sent: the profile lets them be changed */
};

/* One request and its answer. */
struct assay_ch_answer {
    struct assay_ch *ch;
    struct assay_http *http;
    struct assay_buf url;
    struct assay_http_header headers[3];
    struct assay_buf body; /* what is sent */
    char id[ASSAY_CH_ID];  /* the query's */
    uint64_t rows;         /* that came, for messages */
    bool ended;            /* to its end */
};

/*
 * Sends a statement and waits for the begin of its answer, which is TabSeparated with names
 * and types. `settings` instead of the usual ones, or NULL. A server that is busy is asked
 * again. To be closed in any case.
 */
enum assay_status assay_ch_ask(struct assay_ch *ch, struct assay_str sql, const char *settings,
                               struct assay_ch_answer *out, struct assay_error *err);

/* More of the answer; `*got` 0 at its end, where it is whole. */
enum assay_status assay_ch_read(struct assay_ch_answer *answer, char *into, size_t room,
                                size_t *got, struct assay_error *err);

/* A statement that has not come to its end is ended on the server. */
void assay_ch_close_answer(struct assay_ch_answer *answer);

/*
 * The error of an answer that goes on with `text` where a row was due: what the server says
 * there, and in what is still to come.
 */
enum assay_status assay_ch_failed_within(struct assay_ch_answer *answer, struct assay_str text,
                                         struct assay_error *err);

/* The number that ends an error of this module, as in `… (60)`; 0: there is none. */
int assay_ch_code(const struct assay_error *err);

/*
 * A small answer as texts: the first `count` columns of each row, at most `most` rows. Rows
 * lie one behind the other in `*values`.
 */
enum assay_status assay_ch_table(struct assay_ch *ch, struct assay_str sql, const char *settings,
                                 uint32_t count, uint32_t most, struct assay_arena *arena,
                                 struct assay_str **values, uint32_t *rows,
                                 struct assay_error *err);

/* Asks for the server's settings and version; makes ch->settings, and chooses the dialect. */
enum assay_status assay_ch_pin(struct assay_ch *ch, struct assay_error *err);

/* The driver's functions about statements; see struct assay_db_driver. */
enum assay_status assay_ch_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out, struct assay_error *err);
enum assay_status assay_ch_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                 struct assay_error *err);
enum assay_status assay_ch_decode_block(struct assay_db_block *block, struct assay_error *err);
void assay_ch_end(struct assay_db_cursor *base);
void assay_ch_block_free(struct assay_db_block *block);

#endif
