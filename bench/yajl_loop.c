/*
 * What the program is measured against on JSON: yajl over a file of lines, with callbacks
 * that do nothing. One handle reads all of it, which is the quickest that yajl can be used.
 */
#include "config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

static int on_event(void *context)
{
    (void)context;
    return 1;
}

static int on_boolean(void *context, int value)
{
    (void)context, (void)value;
    return 1;
}

static int on_number(void *context, const char *text, size_t len)
{
    (void)context, (void)text, (void)len;
    return 1;
}

static int on_text(void *context, const unsigned char *text, size_t len)
{
    (void)context, (void)text, (void)len;
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_event,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_event,
    .yajl_map_key = on_text,
    .yajl_end_map = on_event,
    .yajl_start_array = on_event,
    .yajl_end_array = on_event,
};

int main(int argc, char **argv)
{
    static unsigned char buffer[256 << 10];
    ssize_t got = -1;
    int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    yajl_handle yajl = yajl_alloc(&callbacks, NULL, NULL);
    if (file < 0 || yajl == NULL) {
        fprintf(stderr, "usage: yajl_loop FILE\n");
        return 2;
    }
    yajl_config(yajl, yajl_allow_multiple_values, 1);
    bool good = true;
    while (good && (got = read(file, buffer, sizeof buffer)) > 0)
        good = yajl_parse(yajl, buffer, (size_t)got) == yajl_status_ok;
    good = good && got == 0 && yajl_complete_parse(yajl) == yajl_status_ok;
    yajl_free(yajl);
    close(file);
    return !good;
}
