/*
 * The progress line: rows, speed, time left, failing values so far.
 */
#include "config.h"

#include "cli/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 200
#define QUIET_TICK_MS 30000
#define WAIT_TICK_MS 1000 /* without data for so long: say that it is waited for */

struct assay_ticker {
    struct assay_progress *progress;
    bool terminal;
    bool stop, drawn;
    struct timespec start;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* A file of known size is being read, even if no record of it is complete yet. */
static bool has_data(const struct assay_ticker *ticker)
{
    const struct assay_progress *p = ticker->progress;
    return p->bytes != 0 || p->records != 0 || p->total_bytes != 0;
}

static void draw(struct assay_ticker *ticker)
{
    struct assay_progress *p = ticker->progress;
    double elapsed = seconds_since(&ticker->start);
    uint64_t bytes = p->bytes, total = p->total_bytes;
    ticker->drawn = true;
    if (!has_data(ticker)) {
        fprintf(stderr, "%swaiting for data%s", ticker->terminal ? "\r\033[K" : "",
                ticker->terminal ? "" : "\n");
        fflush(stderr);
        return;
    }
    double speed = elapsed > 0 ? (double)bytes / elapsed : 0;
    char left[48] = "";
    if (total > bytes && speed > 0)
        snprintf(left, sizeof left, ", %.0f s left", (double)(total - bytes) / speed);
    fprintf(stderr, "%s%" PRIu64 " records, %.0f MB/s%s, %" PRIu64 " failing values%s",
            ticker->terminal ? "\r\033[K" : "", (uint64_t)p->records, speed / 1e6, left,
            (uint64_t)p->violations, ticker->terminal ? "" : "\n");
    fflush(stderr);
}

static void *tick(void *argument)
{
    struct assay_ticker *ticker = argument;
    long ms = ticker->terminal ? TICK_MS : WAIT_TICK_MS;
    struct timespec next = ticker->start;
    pthread_mutex_lock(&ticker->mutex);
    while (!ticker->stop) {
        next.tv_nsec += ms % 1000 * 1000000;
        next.tv_sec += ms / 1000 + next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        while (!ticker->stop && pthread_cond_timedwait(&ticker->wake, &ticker->mutex, &next) == 0)
            continue;
        if (!ticker->stop && (ticker->terminal || ms == QUIET_TICK_MS || !has_data(ticker)))
            draw(ticker);
        if (!ticker->terminal)
            ms = QUIET_TICK_MS;
    }
    pthread_mutex_unlock(&ticker->mutex);
    return NULL;
}

struct assay_ticker *assay_ticker_start(const struct assay_args *args,
                                        struct assay_progress *progress)
{
    /* With -vv each statement of a database has its own lines. */
    if (args->verbosity < 0 || args->verbosity > 1 || assay_args_has(args, "no-timings"))
        return NULL;
    struct assay_ticker *ticker = calloc(1, sizeof *ticker);
    if (ticker == NULL)
        return NULL;
    const char *term = getenv("TERM");
    ticker->progress = progress;
    ticker->terminal =
        isatty(STDERR_FILENO) && getenv("CI") == NULL && term != NULL && strcmp(term, "dumb") != 0;
    clock_gettime(CLOCK_MONOTONIC, &ticker->start);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&ticker->mutex, NULL);
    pthread_cond_init(&ticker->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&ticker->thread, NULL, tick, ticker) == 0)
        return ticker;
    free(ticker);
    return NULL;
}

void assay_ticker_stop(struct assay_ticker *ticker)
{
    if (ticker == NULL)
        return;
    pthread_mutex_lock(&ticker->mutex);
    ticker->stop = true;
    pthread_cond_signal(&ticker->wake);
    pthread_mutex_unlock(&ticker->mutex);
    pthread_join(ticker->thread, NULL);
    if (ticker->drawn && ticker->terminal)
        fputs("\r\033[K", stderr);
    pthread_mutex_destroy(&ticker->mutex);
    pthread_cond_destroy(&ticker->wake);
    free(ticker);
}
