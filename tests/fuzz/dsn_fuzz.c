/*
 * Any text as the name of a source. Laws: masking hides the password, redaction never makes
 * a text longer, the parts of a name lie inside of it, and a name that is taken says what
 * to read.
 */
#include "config.h"

#include "source/db.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool law)
{
    if (!law)
        abort();
}

static void inside(struct assay_str whole, struct assay_str part)
{
    require(part.ptr == NULL ||
            (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static void check_parts(struct assay_str text)
{
    struct assay_dsn dsn;
    struct assay_str name, value;
    if (!assay_dsn_split(text, &dsn))
        return;
    inside(text, dsn.scheme);
    inside(text, dsn.user);
    inside(text, dsn.password);
    inside(text, dsn.host);
    inside(text, dsn.port);
    inside(text, dsn.path);
    inside(text, dsn.query);
    while (assay_dsn_next_param(&dsn.query, &name, &value)) {
        inside(text, name);
        inside(text, value);
    }
}

static void check_masking(struct assay_str text)
{
    struct assay_buf once;
    struct assay_secrets secrets = {0};
    struct assay_dsn dsn;
    assay_buf_init(&once, (size_t)1 << 20);
    assay_redact_mask(text, &once);
    if (assay_dsn_split(text, &dsn) && dsn.password.len > 3) {
        struct assay_str shown = assay_buf_view(&once);
        size_t before = 0, after = 0;
        for (size_t i = 0; i + dsn.password.len <= text.len; i++)
            before += memcmp(text.ptr + i, dsn.password.ptr, dsn.password.len) == 0;
        for (size_t i = 0; i + dsn.password.len <= shown.len; i++)
            after += memcmp(shown.ptr + i, dsn.password.ptr, dsn.password.len) == 0;
        require(after < before || memmem(dsn.password.ptr, dsn.password.len, "*", 1) != NULL);
    }
    if (assay_secrets_add_dsn(&secrets, text) && secrets.count > 0) {
        char *copy = strndup(text.ptr, text.len);
        require(copy != NULL);
        assay_secrets_redact(&secrets, copy);
        require(strlen(copy) <= text.len);
        free(copy);
    }
    assay_secrets_free(&secrets);
    assay_buf_free(&once);
}

/* A line may have anything around its secrets; what is pointed at stays within it. */
static void check_line(struct assay_str text, size_t at)
{
    struct assay_buf shown;
    assay_buf_init(&shown, (size_t)1 << 20);
    size_t now = assay_redact_line(text, at % (text.len + 1), &shown);
    require(shown.failed || now <= shown.len);
    assay_buf_free(&shown);
    assay_buf_init(&shown, (size_t)1 << 20);
    struct assay_str half = assay_str(text.ptr, text.len / 2);
    (void)assay_dsn_put_setting(half, assay_str(text.ptr + half.len, text.len - half.len), &shown);
    assay_buf_free(&shown);
}

static void check_spec(struct assay_str text)
{
    static const struct assay_source_options options = {0};
    struct assay_arena arena;
    struct assay_db_spec spec;
    struct assay_error err = {0};
    assay_arena_init(&arena, 0);
    enum assay_status status = assay_db_spec_parse(text, &options, &arena, &spec, &err);
    require(status == ASSAY_OK || (status == ASSAY_USAGE && err.help[0] != '\0'));
    if (status == ASSAY_OK)
        require((spec.relation.part_count > 0) != (spec.relation.query.len > 0));
    assay_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_str text = assay_str((const char *)data, size);
    if (size > 4096)
        return 0;
    check_parts(text);
    check_masking(text);
    check_line(text, size > 0 ? data[0] : 0);
    check_spec(text);
    return 0;
}
