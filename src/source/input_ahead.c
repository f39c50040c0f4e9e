/*
 * Reads what is below ahead of whoever wants it, on a thread of its own: a ring of
 * buffers, filled by the thread and emptied by the reader, never more than that.
 *
 * The first buffer is filled by the reader itself; what fits into it needs no thread.
 * Buffers are filled to the brim whatever the sizes that readers ask for, so that below
 * everything happens in the same pieces each time.
 */
#include "config.h"

#include "source/input.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS 4u
#define SLOT_BYTES (256u << 10)

struct ahead {
    struct assay_input base;
    pthread_t thread;
    bool running;      /* the reader's: there is a thread */
    bool alone;        /* the reader's: there cannot be one */
    bool holding;      /* the reader's: the slot at `taking` is being read */
    unsigned taking;   /* the reader's */
    unsigned filling;  /* whoever fills */
    size_t at;         /* in the slot that is being read */
    size_t room;       /* of each slot */
    size_t len[SLOTS]; /* of what was filled */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock: */
    unsigned filled; /* slots with data, the one that is being read among them */
    bool ended;      /* nothing comes behind them, or `error` */
    bool stopping;
    enum assay_status status;
    struct assay_error error;
    char bytes[];
};

/* Fills the next slot; what ends the data is kept for behind it. */
static void fill_slot(struct ahead *ahead)
{
    unsigned slot = ahead->filling;
    struct assay_error error;
    enum assay_status status = ASSAY_OK;
    size_t len = 0, got = 1;
    while (status == ASSAY_OK && got > 0 && len < ahead->room) {
        status = assay_input_read(ahead->base.below, ahead->bytes + slot * ahead->room + len,
                                  ahead->room - len, &got, &error);
        len += status == ASSAY_OK ? got : 0;
    }
    ahead->len[slot] = len;
    ahead->filling = (slot + 1) % SLOTS;
    pthread_mutex_lock(&ahead->lock);
    ahead->filled++;
    ahead->ended = status != ASSAY_OK || got == 0;
    ahead->status = status;
    if (status != ASSAY_OK)
        ahead->error = error;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

static void *run_ahead(void *argument)
{
    struct ahead *ahead = argument;
    for (;;) {
        pthread_mutex_lock(&ahead->lock);
        while (ahead->filled == SLOTS && !ahead->stopping)
            pthread_cond_wait(&ahead->changed, &ahead->lock);
        bool done = ahead->stopping || ahead->ended;
        pthread_mutex_unlock(&ahead->lock);
        if (done)
            return NULL;
        fill_slot(ahead);
    }
}

/* Gives back the slot that was read, and waits for the next; none of them at the end. */
static void take_slot(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->holding) {
        ahead->taking = (ahead->taking + 1) % SLOTS;
        ahead->filled--;
        pthread_cond_signal(&ahead->changed);
    }
    while (ahead->running && ahead->filled == 0 && !ahead->ended)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    ahead->holding = ahead->filled > 0;
    pthread_mutex_unlock(&ahead->lock);
    ahead->at = 0;
}

static enum assay_status next_slot(struct ahead *ahead, struct assay_error *err)
{
    bool first = !ahead->holding;
    take_slot(ahead);
    if (!ahead->holding && !ahead->running && !ahead->ended) {
        if (!first && !ahead->alone) { /* more than one slot: from here on, ahead */
            ahead->running = pthread_create(&ahead->thread, NULL, run_ahead, ahead) == 0;
            ahead->alone = !ahead->running;
        }
        if (!ahead->running)
            fill_slot(ahead);
        take_slot(ahead);
    }
    if (ahead->holding || ahead->status == ASSAY_OK)
        return ASSAY_OK;
    if (err != NULL)
        *err = ahead->error;
    return ahead->status;
}

static enum assay_status ahead_read(struct assay_input *input, char *buffer, size_t room,
                                    size_t *got, struct assay_error *err)
{
    struct ahead *ahead = (struct ahead *)input;
    *got = 0;
    while (!ahead->holding || ahead->at == ahead->len[ahead->taking]) {
        ASSAY_TRY(next_slot(ahead, err));
        if (!ahead->holding)
            return ASSAY_OK;
    }
    size_t left = ahead->len[ahead->taking] - ahead->at;
    *got = left < room ? left : room;
    memcpy(buffer, ahead->bytes + ahead->taking * ahead->room + ahead->at, *got);
    ahead->at += *got;
    return ASSAY_OK;
}

static void ahead_pause(struct assay_input *input)
{
    struct ahead *ahead = (struct ahead *)input;
    struct assay_input *bottom = input;
    if (!ahead->running)
        return;
    while (bottom->below != NULL)
        bottom = bottom->below;
    atomic_store(&bottom->abandoned, true);
    pthread_mutex_lock(&ahead->lock);
    ahead->stopping = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    ahead->running = ahead->stopping = false;
    atomic_store(&bottom->abandoned, false);
}

static enum assay_status ahead_rewind(struct assay_input *input, struct assay_error *err)
{
    struct ahead *ahead = (struct ahead *)input; /* paused, and what is below rewound */
    (void)err;
    ahead->holding = ahead->ended = false;
    ahead->taking = ahead->filling = ahead->filled = 0;
    ahead->at = 0;
    ahead->status = ASSAY_OK;
    return ASSAY_OK;
}

static void ahead_close(struct assay_input *input)
{
    struct ahead *ahead = (struct ahead *)input;
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
}

static const struct assay_input_ops ahead_ops = {
    .read = ahead_read, .rewind = ahead_rewind, .close = ahead_close, .pause = ahead_pause};

enum assay_status assay_input_ahead_open(struct assay_input *below,
                                         const struct assay_input_options *options,
                                         struct assay_input **out, struct assay_error *err)
{
    size_t room = options->ahead_bytes > 0 ? options->ahead_bytes : SLOT_BYTES;
    /* Pages of it that are not used cost nothing. */
    struct ahead *ahead = malloc(sizeof *ahead + SLOTS * room);
    if (ahead == NULL)
        return assay_fail_nomem(err);
    memset(ahead, 0, sizeof *ahead);
    ahead->room = room;
    ahead->base.ops = &ahead_ops;
    ahead->base.below = below;
    ahead->base.path = below->path;
    ahead->base.notice = below->notice;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    *out = &ahead->base;
    return ASSAY_OK;
}
