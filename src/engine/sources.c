/*
 * Which sources are meant by the names in a suite.
 */
#include "config.h"

#include "engine/sources.h"

#include "base/url.h"
#include "source/db.h"

#include <unistd.h>

#define NAME_MAX_BYTES ((size_t)1 << 20)

struct assay_str assay_sources_resolve(const struct assay_suite *suite, struct assay_str name,
                                       struct assay_arena *arena)
{
    struct assay_str dir = suite->directory;
    bool scheme = memmem(name.ptr, name.len, "://", 3) != NULL;
    const struct assay_db_kind *kind = assay_db_kind_of(name);
    if (kind != NULL)
        return kind->path ? assay_db_resolve(name, dir, arena) : name;
    if (name.len == 0 || name.ptr[0] == '/' || assay_str_is(name, "-") || dir.len == 0 || scheme)
        return name;
    char *path =
        assay_arena_printf(arena, "%.*s/%.*s", (int)dir.len, dir.ptr, (int)name.len, name.ptr);
    return path != NULL ? assay_cstr(path) : name;
}

struct assay_str assay_sources_main(const struct assay_suite *suite,
                                    const struct assay_str *sources, uint32_t count,
                                    struct assay_arena *arena)
{
    if (count == 1)
        return sources[0];
    return count == 0 && suite->source_count == 1
               ? assay_sources_resolve(suite, suite->sources[0], arena)
               : assay_cstr("");
}

/* The database of `main`, with another table. */
static struct assay_str other_table(struct assay_str main, struct assay_str name,
                                    const struct assay_source_options *options,
                                    struct assay_arena *arena)
{
    struct assay_db_spec spec;
    struct assay_buf other;
    if (assay_db_spec_parse(main, options, arena, &spec, NULL) != ASSAY_OK)
        return name;
    assay_buf_init(&other, NAME_MAX_BYTES);
    assay_buf_str(&other, spec.dsn);
    assay_buf_puts(&other, memchr(spec.dsn.ptr, '?', spec.dsn.len) != NULL ? "&table=" : "?table=");
    assay_url_encode(name, "", &other);
    char *copy = other.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&other));
    assay_buf_free(&other);
    return copy != NULL ? assay_cstr(copy) : name;
}

struct assay_str assay_sources_other(const struct assay_suite *suite, struct assay_str main,
                                     struct assay_str name,
                                     const struct assay_source_options *options,
                                     struct assay_arena *arena)
{
    struct assay_str resolved = assay_sources_resolve(suite, name, arena);
    bool plain = assay_db_kind_of(name) == NULL && !assay_str_is(name, "-");
    if (!plain || !assay_db_is_dsn(main) || memchr(name.ptr, '/', name.len) != NULL)
        return resolved;
    const char *path = assay_arena_strdup(arena, resolved);
    return path != NULL && access(path, F_OK) == 0 ? resolved
                                                   : other_table(main, name, options, arena);
}
