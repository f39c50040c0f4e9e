/*
 * A layer that has the first bytes of an input read ahead, so that they can be looked at
 * before anybody decides how to read them.
 */
#include "config.h"

#include "source/input.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 4096u
#define ARCHIVE_BYTES 512u

struct head {
    struct assay_input base;
    char bytes[HEAD_BYTES];
    size_t len, at;
};

static enum assay_status head_read(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err)
{
    struct head *head = (struct head *)input;
    if (head->at == head->len)
        return assay_input_read(input->below, buffer, room, got, err);
    size_t left = head->len - head->at;
    *got = left < room ? left : room;
    memcpy(buffer, head->bytes + head->at, *got);
    head->at += *got;
    return ASSAY_OK;
}

static enum assay_status head_rewind(struct assay_input *input, struct assay_error *err)
{
    struct head *head = (struct head *)input; /* what is below has been rewound */
    (void)err;
    head->at = head->len = 0;
    return ASSAY_OK;
}

static void head_close(struct assay_input *input)
{
    free(input);
}

static const struct assay_input_ops head_ops = {
    .read = head_read, .rewind = head_rewind, .close = head_close};

/*
 * Two characters that are no space are enough to tell formats apart. Where there is a NUL it
 * may be an archive, which takes more.
 */
static bool tells(const struct head *head)
{
    unsigned seen = 0;
    if (memchr(head->bytes, '\0', head->len) != NULL)
        return head->len >= ARCHIVE_BYTES;
    for (size_t i = 0; i < head->len && seen < 2; i++) {
        char c = head->bytes[i];
        seen += c != ' ' && c != '\t' && c != '\n' && c != '\r';
    }
    return seen == 2;
}

enum assay_status assay_input_head_open(struct assay_input *below, struct assay_input **out,
                                        struct assay_str *bytes, struct assay_error *err)
{
    struct head *head = malloc(sizeof *head);
    if (head == NULL)
        return assay_fail_nomem(err);
    memset(&head->base, 0, sizeof head->base);
    head->base.ops = &head_ops;
    head->base.below = below;
    head->base.path = below->path;
    head->base.notice = below->notice;
    head->base.marked = below->marked;
    head->base.live = below->live;
    head->len = head->at = 0;
    size_t got = 1;
    while (got > 0 && head->len < HEAD_BYTES && !tells(head)) {
        enum assay_status status =
            assay_input_read(below, head->bytes + head->len, HEAD_BYTES - head->len, &got, err);
        if (status != ASSAY_OK) {
            free(head);
            return status;
        }
        head->len += got;
    }
    *bytes = assay_str(head->bytes, head->len);
    *out = &head->base;
    return ASSAY_OK;
}
