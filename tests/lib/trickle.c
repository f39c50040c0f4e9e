/*
 * Feeds a FIFO.
 */
#include "config.h"

#include "tests/lib/trickle.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Behind so many bytes the pieces grow: the law is shown, and time is short. */
#define SINGLE_BYTES 4096

struct trickle {
    pthread_t thread;
    const char *path, *text;
    size_t len;
    atomic_bool stopped;
};

/* Opens without waiting for a reader, who may never come. */
static int open_writer(struct trickle *trickle)
{
    struct timespec pause = {.tv_nsec = 20000};
    int fd = -1;
    while (fd < 0 && !trickle->stopped) {
        fd = open(trickle->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            nanosleep(&pause, NULL);
    }
    if (fd >= 0)
        fcntl(fd, F_SETFL, 0);
    return fd;
}

static void *feed(void *argument)
{
    struct trickle *trickle = argument;
    int fd = open_writer(trickle);
    if (fd < 0)
        return NULL;
    for (size_t at = 0; at < trickle->len;) {
        size_t piece = at < SINGLE_BYTES ? 1 : at / SINGLE_BYTES * 61;
        if (piece > trickle->len - at)
            piece = trickle->len - at;
        ssize_t n = write(fd, trickle->text + at, piece);
        if (n < 0)
            break;
        at += (size_t)n;
    }
    close(fd);
    return NULL;
}

struct trickle *trickle_start(const char *path, const char *text, size_t len)
{
    struct trickle *trickle = calloc(1, sizeof *trickle);
    if (trickle == NULL)
        abort();
    trickle->path = path;
    trickle->text = text;
    trickle->len = len;
    if (pthread_create(&trickle->thread, NULL, feed, trickle) != 0)
        abort();
    return trickle;
}

void trickle_stop(struct trickle *trickle)
{
    trickle->stopped = true;
    pthread_join(trickle->thread, NULL);
    free(trickle);
}
