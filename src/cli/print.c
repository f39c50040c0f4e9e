/*
 * Errors as people see them.
 */
#include "config.h"

#include "cli/print.h"

#include "base/escape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

bool assay_color_for(const struct assay_args *args, FILE *stream)
{
    if (args->color != 0)
        return args->color > 0;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    return isatty(fileno(stream)) && term != NULL && strcmp(term, "dumb") != 0;
}

static void put_place(struct assay_buf *out, const struct assay_error *error)
{
    if (error->file[0] == '\0')
        return;
    assay_escape_terminal(out, assay_cstr(error->file), 400);
    if (error->line)
        assay_buf_printf(out, ":%" PRIu64, error->line);
    if (error->line && error->column)
        assay_buf_printf(out, ":%" PRIu64, error->column);
    assay_buf_puts(out, ": ");
}

/* The source line, and a caret below the byte it is about. */
static void put_excerpt(struct assay_buf *out, const struct assay_error *error)
{
    if (error->excerpt[0] == '\0')
        return;
    assay_buf_puts(out, "    ");
    assay_escape_terminal(out, assay_cstr(error->excerpt), 0);
    assay_buf_puts(out, "\n    ");
    struct assay_buf before;
    assay_buf_init(&before, 4096);
    size_t length = strlen(error->excerpt);
    assay_escape_terminal(
        &before, assay_str(error->excerpt, error->caret < length ? error->caret : length), 0);
    for (size_t i = 0; i < before.len; i++)
        if (((unsigned char)before.ptr[i] & 0xc0) != 0x80) /* one column a character */
            assay_buf_putc(out, ' ');
    assay_buf_free(&before);
    assay_buf_puts(out, "^\n");
}

static void print(const struct assay_args *args, const struct assay_error *error, const char *word,
                  const char *color)
{
    struct assay_buf out;
    assay_buf_init(&out, 65536);
    bool colored = assay_color_for(args, stderr);
    assay_buf_printf(&out, "%s%s[%s]%s: ", colored ? color : "", word, error->code,
                     colored ? "\033[0m" : "");
    put_place(&out, error);
    assay_escape_terminal(&out, assay_cstr(error->message), 0);
    assay_buf_putc(&out, '\n');
    put_excerpt(&out, error);
    if (error->help[0] != '\0') {
        assay_buf_puts(&out, "  help: ");
        assay_escape_terminal(&out, assay_cstr(error->help), 0);
        assay_buf_putc(&out, '\n');
    }
    if (args->verbosity > -2 && out.ptr != NULL)
        fwrite(out.ptr, 1, out.len, stderr);
    assay_buf_free(&out);
}

void assay_print_error(const struct assay_args *args, const struct assay_error *error)
{
    print(args, error, "error", "\033[31m");
}

void assay_print_warning(const struct assay_args *args, const struct assay_error *error)
{
    if (args->verbosity >= 0)
        print(args, error, "warning", "\033[33m");
}

void assay_print_diags(const struct assay_args *args, struct assay_diags *diags)
{
    assay_diags_sort(diags);
    size_t shown = 0;
    for (size_t i = 0; i < diags->count && shown < ASSAY_DIAGS_SHOWN; i++, shown++) {
        if (diags->items[i].level == ASSAY_DIAG_ERROR)
            assay_print_error(args, &diags->items[i].error);
        else
            assay_print_warning(args, &diags->items[i].error);
    }
    if (diags->errors + diags->warnings > shown && args->verbosity > -2)
        fprintf(stderr, "… and %zu more\n", diags->errors + diags->warnings - shown);
}

static void print_asked(void *context, struct assay_str sql)
{
    struct assay_buf out;
    (void)context;
    assay_buf_init(&out, (size_t)16 << 20);
    assay_buf_puts(&out, "asked: ");
    assay_escape_terminal(&out, sql, 0);
    fprintf(stderr, "%s\n", out.failed ? "asked: a long statement" : out.ptr);
    assay_buf_free(&out);
}

static void print_answered(void *context, uint64_t rows, int64_t micros)
{
    char time[48] = "";
    if (!assay_args_has(context, "no-timings"))
        snprintf(time, sizeof time, " in %.3f s", (double)micros / 1e6);
    fprintf(stderr, "answered: %" PRIu64 " row%s%s\n", rows, rows == 1 ? "" : "s", time);
}

struct assay_db_trace assay_print_trace(struct assay_args *args)
{
    return (struct assay_db_trace){
        .asked = print_asked, .answered = print_answered, .context = args};
}

int assay_exit_of(enum assay_status status)
{
    switch (status) {
    case ASSAY_OK: return ASSAY_EXIT_PASS;
    case ASSAY_USAGE:
    case ASSAY_CONFIG: return ASSAY_EXIT_USAGE;
    default: return ASSAY_EXIT_ERROR;
    }
}

int assay_print_out(struct assay_str text)
{
    while (text.len > 0) {
        ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 && errno == EPIPE ? ASSAY_EXIT_PIPE : ASSAY_EXIT_SIDE;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return ASSAY_EXIT_PASS;
}
