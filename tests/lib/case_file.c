/*
 * Reads case files.
 */
#include "config.h"

#include "tests/lib/case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const known[] = {
    "expect",
    "check",
    "element_count",
    "missing_count",
    "considered_count",
    "unexpected_count",
    "observed",
    "samples",
    "message",
    "error",
    "exit",
    "formats",
    "suite-error",
    "as_of",
    "run-verdict",
    "records",
    "malformed",
    "partial",
    "notice",
    "notes",
    "details",
    "title",
    "severity",
    "run-error",
};

/* Where a file is at: the case being read and the body that indented lines belong to. */
struct reader {
    struct case_list *list;
    const char *path;
    unsigned line;
    struct case_body *body;
    unsigned blanks; /* empty lines that are part of the body if it goes on */
};

/* A test has nothing to say where memory runs out. */
static void *need(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static struct test_case *current(struct reader *reader)
{
    return reader->list->count ? &reader->list->items[reader->list->count - 1] : NULL;
}

static void problem(struct reader *reader, const char *what, const char *detail)
{
    struct test_case *test = current(reader);
    if (test == NULL || test->problem[0] != '\0')
        return;
    snprintf(test->problem, sizeof test->problem, "line %u: %s %.100s", reader->line, what, detail);
}

static void body_add(struct case_body *body, const char *text, size_t len)
{
    if (body->len + len + 1 > body->cap) {
        body->cap = (body->len + len + 1) * 2;
        body->text = need(realloc(body->text, body->cap));
    }
    memcpy(body->text + body->len, text, len);
    body->len += len;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static void body_hex(struct reader *reader, const char *text)
{
    int high = -1;
    for (; *text != '\0'; text++) {
        int digit = hex_digit(*text);
        if (*text == ' ')
            continue;
        if (digit < 0) {
            problem(reader, "no hexadecimal digit:", text);
            return;
        }
        if (high >= 0) {
            char byte = (char)(high * 16 + digit);
            body_add(reader->body, &byte, 1);
        }
        high = high >= 0 ? -1 : digit;
    }
    if (high >= 0)
        problem(reader, "half a byte", "");
}

static void body_line(struct reader *reader, const char *text)
{
    for (; reader->blanks > 0; reader->blanks--)
        if (!reader->body->hex)
            body_add(reader->body, "\n", 1);
    if (reader->body->hex) {
        body_hex(reader, text);
        return;
    }
    body_add(reader->body, text, strlen(text));
    body_add(reader->body, "\n", 1);
}

static void begin_case(struct reader *reader, const char *name)
{
    struct case_list *list = reader->list;
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->items = need(realloc(list->items, list->cap * sizeof *list->items));
    }
    struct test_case *test = &list->items[list->count++];
    memset(test, 0, sizeof *test);
    test->file = reader->path;
    test->line = reader->line;
    test->name = need(strdup(name));
}

static void begin_body(struct reader *reader, const char *name, bool hex)
{
    struct test_case *test = current(reader);
    if (test->body_count == CASE_BODIES) {
        problem(reader, "too many bodies", "");
        return;
    }
    reader->body = &test->bodies[test->body_count++];
    reader->body->name = need(strdup(name));
    reader->body->hex = hex;
    reader->body->text = need(calloc(1, 1));
}

static void add_item(struct reader *reader, const char *key, const char *value)
{
    struct test_case *test = current(reader);
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        found |= strcmp(key, known[i]) == 0;
    if (!found || test->item_count == CASE_ITEMS) {
        problem(reader, found ? "too many keys at" : "unknown key", key);
        return;
    }
    test->items[test->item_count++] =
        (struct case_item){need(strdup(key)), need(strdup(value)), reader->line};
}

/* Takes spaces off the ends, and a comment behind two spaces. */
static char *trimmed(char *text)
{
    char *comment = strstr(text, "  #");
    if (comment != NULL)
        *comment = '\0';
    while (*text == ' ')
        text++;
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ')
        text[--len] = '\0';
    return text;
}

static void key_line(struct reader *reader, char *text)
{
    char *colon = strchr(text, ':');
    reader->body = NULL;
    reader->blanks = 0;
    if (colon == NULL) {
        problem(reader, "expected `key: value`, found", text);
        return;
    }
    *colon = '\0';
    char *value = trimmed(colon + 1);
    if (strcmp(text, "case") == 0)
        begin_case(reader, value);
    else if (current(reader) == NULL)
        return;
    else if (strcmp(text, "suite") == 0)
        begin_body(reader, "suite.yml", false);
    else if (strcmp(text, "data") == 0 || strcmp(text, "data-hex") == 0)
        begin_body(reader, "data.csv", text[4] != '\0');
    else if (strncmp(text, "file ", 5) == 0 && strchr(text, '/') == NULL)
        begin_body(reader, trimmed(text + 5), false);
    else
        add_item(reader, text, value);
}

static void any_line(struct reader *reader, char *text)
{
    if (text[0] == '\0')
        reader->blanks++;
    else if (reader->body != NULL && strncmp(text, "  ", 2) == 0)
        body_line(reader, text + 2);
    else if (text[0] != '#')
        key_line(reader, text);
}

bool case_file_read(struct case_list *list, const char *path)
{
    struct reader reader = {.list = list, .path = path};
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    if (file == NULL)
        return false;
    while ((len = getline(&text, &cap, file)) >= 0) {
        if (len > 0 && text[len - 1] == '\n')
            text[len - 1] = '\0';
        reader.line++;
        any_line(&reader, text);
    }
    free(text);
    fclose(file);
    return true;
}

void case_list_free(struct case_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct test_case *test = &list->items[i];
        for (size_t b = 0; b < test->body_count; b++) {
            free(test->bodies[b].name);
            free(test->bodies[b].text);
        }
        for (size_t k = 0; k < test->item_count; k++) {
            free(test->items[k].key);
            free(test->items[k].value);
        }
        free(test->name);
    }
    free(list->items);
}

const char *case_value(const struct test_case *test, const char *key)
{
    for (size_t i = 0; i < test->item_count; i++)
        if (strcmp(test->items[i].key, key) == 0)
            return test->items[i].value;
    return NULL;
}
