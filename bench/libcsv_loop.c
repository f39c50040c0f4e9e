/*
 * What the program is measured against: libcsv over a file, with callbacks that do
 * nothing.
 */
#include "config.h"

#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void on_field(void *text, size_t len, void *data)
{
    (void)text, (void)len, (void)data;
}

static void on_record(int end, void *data)
{
    (void)end, (void)data;
}

int main(int argc, char **argv)
{
    static char buffer[256 << 10];
    struct csv_parser parser;
    ssize_t got = -1;
    int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (file < 0 || csv_init(&parser, 0) != 0) {
        fprintf(stderr, "usage: libcsv_loop FILE\n");
        return 2;
    }
    while ((got = read(file, buffer, sizeof buffer)) > 0)
        if (csv_parse(&parser, buffer, (size_t)got, on_field, on_record, NULL) != (size_t)got)
            break;
    csv_fini(&parser, on_field, on_record, NULL);
    csv_free(&parser);
    close(file);
    return got != 0;
}
