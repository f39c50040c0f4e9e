/*
 * The settings of every statement. They are said in the request, and in a clause of each
 * SELECT: a shard has a profile of its own, before which only what was changed goes, and
 * the server takes a setting of a request that has its value already for no change.
 */
#include "config.h"

#include "source/clickhouse_db.h"

#ifdef HAVE_LIBCURL

#include "base/url.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SETTINGS_MAX ((size_t)8 << 10)
#define ROWS_MAX 4096

/* Whatever the profile says; a server that does not know one is not told. */
struct wanted {
    const char *name;
    const char *value;
    bool vital; /* with another value an answer may be wrong */
};

static const struct wanted wanted[] = {
    {"aggregate_functions_null_for_empty", "0", false},
    {"bool_false_representation", "false", false},
    {"bool_true_representation", "true", false},
    {"cancel_http_readonly_queries_on_client_close", "1", false},
    {"date_time_output_format", "simple", true},
    {"distributed_group_by_no_merge", "0", true},
    {"enable_http_compression", "0", false},
    {"extremes", "0", true},
    {"format_tsv_null_representation", "\\N", true},
    {"http_write_exception_in_output_format", "0", false},
    {"limit", "0", true},
    {"max_ast_elements", "1000000", false},
    {"max_expanded_ast_elements", "1000000", false},
    {"max_parallel_replicas", "1", false},
    {"max_query_size", "16777216", false},
    {"offset", "0", true},
    {"output_format_tsv_crlf_end_of_line", "0", true},
    {"skip_unavailable_shards", "0", true},
    {"transform_null_in", "0", true},
    {"use_query_cache", "0", false},
};

/*
 * With these the settings are asked for, which every version has: a profile that cuts what
 * is read could cut the list of settings.
 */
static const char first[] = "&read_overflow_mode=throw&result_overflow_mode=throw"
                            "&timeout_overflow_mode=throw&max_rows_to_read=0&max_result_rows=0";

static const char list[] = "SELECT name, value FROM system.settings";

static const char overflow[] = "overflow_mode";

static bool is_overflow(struct assay_str name)
{
    return memmem(name.ptr, name.len, overflow, sizeof overflow - 1) != NULL;
}

static const struct wanted *find_wanted(struct assay_str name)
{
    static const struct wanted thrown = {overflow, "throw", true};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (assay_str_is(name, wanted[i].name))
            return &wanted[i];
    return is_overflow(name) ? &thrown : NULL;
}

static enum assay_status differs(const struct assay_ch *ch, struct assay_str name,
                                 struct assay_str value, const struct wanted *want,
                                 struct assay_error *err)
{
    assay_fail(
        err, ASSAY_SOURCE, "DB-DENIED",
        "the user's profile has readonly = 1 and %.*s = %.*s, by which answers may be wrong; "
        "it must be %s",
        (int)name.len, name.ptr, (int)value.len, value.ptr, want->value);
    assay_error_help(err,
                     "let %s have a profile with readonly = 2, which allows to change "
                     "settings and no data",
                     ch->place.user != NULL ? ch->place.user : "the user");
    return ASSAY_SOURCE;
}

static void put_setting(struct assay_ch *ch, struct assay_str name, const char *value)
{
    assay_buf_printf(&ch->settings, "&%.*s=", (int)name.len, name.ptr);
    assay_url_encode(assay_cstr(value), "", &ch->settings);
    assay_buf_printf(&ch->clause, "%s%.*s = ", ch->clause.len > 0 ? ", " : " SETTINGS ",
                     (int)name.len, name.ptr);
    if (value[strspn(value, "0123456789")] == '\0')
        assay_buf_puts(&ch->clause, value);
    else
        ch->base.driver->literal(&ch->base, assay_cstr(value), &ch->clause);
}

static enum assay_status set_limit(struct assay_ch *ch, struct assay_str profile,
                                   struct assay_error *err)
{
    uint64_t ours = assay_db_seconds(ch->options->statement_timeout);
    uint64_t theirs = strtoull(profile.ptr, NULL, 10);
    ch->limit_is_ours = ours > 0;
    ch->limit = ours > 0 ? ours : theirs; /* until now that of a connection */
    if (ours > 0 && ch->pinned) {
        char text[24];
        snprintf(text, sizeof text, "%" PRIu64, ours);
        put_setting(ch, ASSAY_STR("max_execution_time"), text);
    }
    return ch->settings.failed || ch->clause.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static bool is_name(struct assay_str name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '\0' || strchr(letters, name.ptr[i]) == NULL)
            return false;
    return name.len > 0;
}

/* One setting of the server: sent, or, where it cannot be changed, looked at. */
static enum assay_status take(struct assay_ch *ch, struct assay_str name, struct assay_str value,
                              struct assay_error *err)
{
    const struct wanted *want = find_wanted(name);
    if (!is_name(name)) /* it becomes part of statements and URLs */
        return assay_fail(err, ASSAY_SOURCE, "DB-QUERY", "the server has a setting without a name");
    if (assay_str_is(name, "max_execution_time"))
        return set_limit(ch, value, err);
    if (assay_str_is(name, "readonly") && ch->pinned && assay_str_is(value, "0"))
        assay_buf_puts(&ch->settings, "&readonly=2");
    else if (want != NULL && ch->pinned)
        put_setting(ch, name, want->value);
    else if (want != NULL && want->vital && !assay_str_is(value, want->value))
        return differs(ch, name, value, want, err);
    return ch->settings.failed || ch->clause.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

/* The list is whole only where it has what every version has. */
static enum assay_status check_list(const struct assay_str *values, uint32_t rows,
                                    struct assay_error *err)
{
    static const char *const all[] = {"readonly", "read_overflow_mode", "max_execution_time",
                                      "skip_unavailable_shards"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        uint32_t row = 0;
        while (row < rows && !assay_str_is(values[(size_t)row * 2], all[i]))
            row++;
        if (row == rows)
            return assay_fail(err, ASSAY_SOURCE, "DB-QUERY",
                              "the server did not tell its setting %s, without which an answer "
                              "may be a part of it",
                              all[i]);
    }
    return ASSAY_OK;
}

/* Window functions are for all since 21.9. */
#define WINDOWS_SINCE 22

static enum assay_status ask_version(struct assay_ch *ch, struct assay_error *err)
{
    struct assay_str *values;
    uint32_t rows = 0;
    ASSAY_TRY(assay_ch_table(ch, ASSAY_STR("SELECT version()"), NULL, 1, 1, &ch->base.arena,
                             &values, &rows, err));
    bool windows = rows == 1 && strtol(values[0].ptr, NULL, 10) >= WINDOWS_SINCE;
    ch->base.dialect = windows ? "clickhouse" : "clickhouse-18";
    return ASSAY_OK;
}

enum assay_status assay_ch_pin(struct assay_ch *ch, struct assay_error *err)
{
    struct assay_str *values;
    uint32_t rows = 0;
    struct assay_error problem;
    ch->pinned = true;
    ch->limit = assay_db_http_limits(ch->options, &ch->place, 0).connect;
    enum assay_status status = assay_ch_table(ch, ASSAY_STR(list), first, 2, ROWS_MAX,
                                              &ch->base.arena, &values, &rows, &problem);
    if (status == ASSAY_SOURCE && assay_ch_code(&problem) == 164) { /* READONLY */
        ch->pinned = false;
        status = assay_ch_table(ch, ASSAY_STR(list), "", 2, ROWS_MAX, &ch->base.arena, &values,
                                &rows, &problem);
    }
    if (status != ASSAY_OK) {
        if (err != NULL)
            *err = problem;
        return status;
    }
    ch->connected = true;
    for (uint32_t row = 0; row < rows; row++)
        if (assay_str_is(values[(size_t)row * 2], "readonly"))
            ch->pinned &= !assay_str_is(values[(size_t)row * 2 + 1], "1");
    ASSAY_TRY(check_list(values, rows, err));
    assay_buf_init(&ch->settings, SETTINGS_MAX);
    assay_buf_init(&ch->clause, SETTINGS_MAX);
    assay_buf_puts(&ch->settings, "");
    for (uint32_t row = 0; row < rows; row++)
        ASSAY_TRY(take(ch, values[(size_t)row * 2], values[(size_t)row * 2 + 1], err));
    ASSAY_TRY(ask_version(ch, err));
    if (!ch->pinned)
        assay_db_notice(&ch->base, "the user's profile has readonly = 1: settings were looked at, "
                                   "and cannot be made sure of on other servers of a cluster");
    return ASSAY_OK;
}

#endif
