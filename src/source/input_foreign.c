/*
 * Data that is of another kind than any that can be read here, known by how it begins: it is
 * refused by name, where it would be read as one wrong record after the other.
 */
#include "config.h"

#include "source/input.h"

#include <stdio.h>
#include <string.h>

#define EXPORT "export it as CSV or NDJSON with the program it comes from"

struct foreign {
    const char *magic;
    size_t length;
    const char *what;
    bool binary; /* the magic could be text: a control character must follow soon */
    const char *help;
};

static const struct foreign files[] = {
    {"PAR1", 4, "a Parquet file", true, EXPORT ", such as duckdb or pandas"},
    {"Obj\1", 4, "an Avro file", false, EXPORT ", or with avro-tools tojson"},
    {"ORC", 3, "an ORC file", true, EXPORT ", such as duckdb or pandas"},
    {"ARROW1\0\0", 8, "an Arrow or Feather file", false, EXPORT ", such as pandas"},
    {"SQLite f", 8, "an SQLite database", false, "name it as one: sqlite:FILE?table=NAME"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old Excel workbook, or another Office file", false,
     "save its sheet as CSV"},
    {"\x89PNG", 4, "a PNG image", false, "name the file with the data"},
    {"\xff\xd8\xff", 3, "a JPEG image", false, "name the file with the data"},
    {"GIF8", 4, "a GIF image", true, "name the file with the data"},
    {"%PDF-", 5, "a PDF document", false, EXPORT},
    {"\x89HDF", 4, "an HDF5 file", false, EXPORT ", such as pandas"},
    {"\x80\4\x95", 3, "a Python pickle", false, EXPORT ", such as pandas"},
    {"\x80\5\x95", 3, "a Python pickle", false, EXPORT ", such as pandas"},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive", false, "unpack it, and name the file that is meant"},
    {"Rar!\x1a\7", 6, "a RAR archive", false, "unpack it, and name the file that is meant"},
    {"\x7f"
     "ELF",
     4, "a program", false, "name the file with the data"},
};

static bool has_control(const char *head, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)head[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return true;
    }
    return false;
}

static enum assay_status refuse(const char *path, const char *what, const char *help,
                                struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "SOURCE-FORMAT", "this is %s, which cannot be read", what);
    assay_error_help(err, "%s", help);
    assay_error_at(err, assay_input_shown(path), 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_input_refuse_foreign(const char *path, const unsigned char *head,
                                             size_t len, struct assay_error *err)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct foreign *file = &files[i];
        if (len < file->length || memcmp(head, file->magic, file->length) != 0)
            continue;
        if (!file->binary || has_control((const char *)head, len))
            return refuse(path, file->what, file->help, err);
    }
    return ASSAY_OK;
}

/* Whether the text begins with the word, in letters of either case. */
static bool begins(struct assay_str text, const char *word)
{
    size_t i = 0;
    for (; word[i] != '\0' && i < text.len; i++) {
        char c = text.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
            return false;
    }
    return word[i] == '\0';
}

enum assay_status assay_input_refuse_document(const char *path, struct assay_str text,
                                              struct assay_error *err)
{
    if (text.len >= 262 && memcmp(text.ptr + 257, "ustar", 5) == 0)
        return refuse(path, "a tar archive", "unpack it, and name the file that is meant", err);
    while (text.len > 0 && memchr(" \t\r\n", text.ptr[0], 4) != NULL)
        text = assay_str(text.ptr + 1, text.len - 1);
    if (begins(text, "<!doctype html") || begins(text, "<html"))
        return refuse(
            path, "an HTML page",
            "a page to log in, or one that tells of an error, was saved in place of data?", err);
    return begins(text, "<?xml") ? refuse(path, "an XML document", EXPORT, err) : ASSAY_OK;
}
