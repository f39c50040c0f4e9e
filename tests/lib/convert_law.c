/*
 * The law of conversion.
 */
#include "config.h"

#include "tests/lib/convert_law.h"

#include "tests/lib/suite_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Endings that say how a file is to be read. */
static const char *const endings[] = {"yml", "json", "json", "json"};
#define FORMATS 4

struct loaded {
    struct assay_suite *suite;
    struct assay_origin origin;
    struct assay_buf dump;
    char problem[1200];
};

static void load(struct loaded *l, const char *path)
{
    struct assay_diags diags;
    *l = (struct loaded){0};
    struct assay_suite_request request = {.origin = &l->origin};
    assay_diags_init(&diags);
    assay_buf_init(&l->dump, (size_t)256 << 20);
    l->suite = assay_suite_read(path, &request, &diags);
    if (l->suite != NULL)
        suite_dump(l->suite, &l->dump);
    else if (diags.count != 0)
        snprintf(l->problem, sizeof l->problem, "%s: %s (line %llu: %s)", diags.items[0].error.code,
                 diags.items[0].error.message, (unsigned long long)diags.items[0].error.line,
                 diags.items[0].error.excerpt);
    assay_diags_reset(&diags);
}

static void unload(struct loaded *l)
{
    assay_suite_free(l->suite);
    assay_buf_free(&l->dump);
}

static bool save(const char *path, struct assay_str text)
{
    FILE *file = fopen(path, "w");
    bool ok = file != NULL && fwrite(text.ptr, 1, text.len, file) == text.len;
    return (file == NULL || fclose(file) == 0) && ok;
}

/* The first line in which two dumps differ. */
static char *difference(const char *what, const struct assay_buf *was, const struct assay_buf *is,
                        struct assay_str text)
{
    char *out = NULL;
    const char *a = was->ptr, *b = is->ptr, *from_a = a, *from_b = b;
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
        if (a[-1] == '\n') {
            from_a = a;
            from_b = b;
        }
    }
    if (asprintf(&out, "%s: \"%.*s\" became \"%.*s\" in\n%.*s", what, (int)strcspn(from_a, "\n"),
                 from_a, (int)strcspn(from_b, "\n"), from_b,
                 (int)(text.len < 4000 ? text.len : 4000), text.ptr) < 0)
        abort();
    return out;
}

/* Converts what is loaded and reads the result into `next`; what is wrong, or NULL. */
static char *step(const struct loaded *from, int to, const char *path, const char *what,
                  struct loaded *next)
{
    struct assay_buf text;
    struct assay_diags losses;
    char *wrong = NULL;
    assay_buf_init(&text, (size_t)256 << 20);
    assay_diags_init(&losses);
    *next = (struct loaded){0};
    assay_convert(from->suite, &from->origin, (enum assay_convert_to)to, &text, &losses);
    bool lossy = losses.errors != 0; /* refused: too large, or mixed */
    if (to < ASSAY_CONVERT_GX)
        lossy |= losses.warnings != 0; /* computed values stay behind */
    if (!lossy && save(path, assay_buf_view(&text))) {
        load(next, path);
        if (next->suite == NULL &&
            asprintf(&wrong, "%s: %s in\n%.*s", what, next->problem, (int)text.len, text.ptr) < 0)
            abort();
        if (next->suite != NULL &&
            !assay_str_equal(assay_buf_view(&from->dump), assay_buf_view(&next->dump)))
            wrong = difference(what, &from->dump, &next->dump, assay_buf_view(&text));
    }
    assay_diags_reset(&losses);
    assay_buf_free(&text);
    return wrong;
}

char *convert_law(const char *path, const char *folder)
{
    struct loaded first;
    char *wrong = NULL;
    load(&first, path);
    for (int to = 0; to < FORMATS && wrong == NULL && first.suite != NULL; to++) {
        struct loaded second;
        char name[400], what[64];
        snprintf(name, sizeof name, "%s/converted.%s", folder, endings[to]);
        snprintf(what, sizeof what, "to %d", to);
        wrong = step(&first, to, name, what, &second);
        for (int again = 0; again < FORMATS && wrong == NULL && second.suite != NULL; again++) {
            struct loaded third;
            snprintf(name, sizeof name, "%s/again.%s", folder, endings[again]);
            snprintf(what, sizeof what, "to %d, then %d", to, again);
            wrong = step(&second, again, name, what, &third);
            unload(&third);
            unlink(name);
        }
        snprintf(name, sizeof name, "%s/converted.%s", folder, endings[to]);
        unlink(name);
        unload(&second);
    }
    unload(&first);
    return wrong;
}
