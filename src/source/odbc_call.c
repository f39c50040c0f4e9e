/*
 * Calls that can be left: a thread of the connection's own makes them.
 */
#include "config.h"

#include "source/odbc.h"

#ifdef HAVE_ODBC

#include "base/time.h"

#include <time.h>

#define LOOK_NS 50000000       /* how often the stop flag is looked at */
#define CANCEL_US 700000       /* what a call may take to end once it was cancelled */
#define CANCEL_LATE_US 5000000 /* the same where a limit is over, and nobody waits at a key */

static int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void *work(void *argument)
{
    struct assay_odbc_call *call = argument;
    pthread_mutex_lock(&call->lock);
    while (!call->quit) {
        if (call->job == NULL) {
            pthread_cond_wait(&call->wake, &call->lock);
            continue;
        }
        void (*job)(void *context) = call->job;
        pthread_mutex_unlock(&call->lock);
        job(call->context);
        pthread_mutex_lock(&call->lock);
        call->job = NULL;
        call->finished = true;
        pthread_cond_broadcast(&call->done);
    }
    pthread_mutex_unlock(&call->lock);
    return NULL;
}

enum assay_status assay_odbc_begin_calls(struct assay_odbc *own, struct assay_error *err)
{
    struct assay_odbc_call *call = &own->call;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&call->lock, NULL);
    pthread_cond_init(&call->wake, NULL);
    pthread_cond_init(&call->done, &attributes);
    pthread_condattr_destroy(&attributes);
    call->started = pthread_create(&call->thread, NULL, work, call) == 0;
    return call->started ? ASSAY_OK : assay_fail_nomem(err);
}

bool assay_odbc_end_calls(struct assay_odbc *own)
{
    struct assay_odbc_call *call = &own->call;
    if (own->lost) {
        pthread_detach(call->thread);
        return false;
    }
    if (!call->started)
        return true;
    pthread_mutex_lock(&call->lock);
    call->quit = true;
    pthread_cond_signal(&call->wake);
    pthread_mutex_unlock(&call->lock);
    pthread_join(call->thread, NULL);
    pthread_mutex_destroy(&call->lock);
    pthread_cond_destroy(&call->wake);
    pthread_cond_destroy(&call->done);
    return true;
}

/* SQLCancel may need a connection of its own, and hang in it. */
static void *cancel(void *argument)
{
    struct assay_odbc_call *call = argument;
    SQLCancel(call->cancel);
    pthread_mutex_lock(&call->lock);
    call->cancelling = false;
    pthread_cond_broadcast(&call->done);
    pthread_mutex_unlock(&call->lock);
    return NULL;
}

static void begin_cancel(struct assay_odbc_call *call, SQLHSTMT statement)
{
    pthread_t thread;
    call->cancel = statement;
    call->cancelling = statement != NULL && pthread_create(&thread, NULL, cancel, call) == 0;
    if (call->cancelling)
        pthread_detach(thread);
}

/* Waits a moment, with the lock held. */
static void look_later(struct assay_odbc_call *call)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&call->done, &call->lock, &until);
}

/* Until the job is finished, or was cancelled and still is not; false: that. */
static bool wait_for(struct assay_odbc *own, SQLHSTMT statement, int64_t limit, bool *stopped)
{
    struct assay_odbc_call *call = &own->call;
    const _Atomic int *stop = own->options->stop;
    int64_t began = monotonic(), give_up = 0;
    while (!call->finished || call->cancelling) {
        look_later(call);
        if (call->finished && give_up == 0)
            return true;
        int64_t now = monotonic();
        *stopped |= stop != NULL && *stop != 0;
        own->late |= limit != 0 && now - began >= limit;
        if ((*stopped || own->late) && give_up == 0 && !call->finished) {
            give_up = now + (statement == NULL ? 0 : *stopped ? CANCEL_US : CANCEL_LATE_US);
            begin_cancel(call, statement);
        }
        if (give_up != 0 && now > give_up)
            return false;
    }
    return true;
}

enum assay_status assay_odbc_run(struct assay_odbc *own, void (*job)(void *context), void *context,
                                 SQLHSTMT statement, int64_t limit, struct assay_error *err)
{
    struct assay_odbc_call *call = &own->call;
    bool stopped = false;
    own->late = false;
    if (own->lost)
        return assay_fail(err, ASSAY_SOURCE, "DB-LOST", "the connection was left before");
    pthread_mutex_lock(&call->lock);
    call->job = job;
    call->context = context;
    call->finished = false;
    pthread_cond_signal(&call->wake);
    own->lost = !wait_for(own, statement, limit, &stopped);
    pthread_mutex_unlock(&call->lock);
    if (stopped)
        return assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
    if (!own->late)
        return ASSAY_OK;
    char text[ASSAY_DURATION_TEXT_MAX];
    assay_duration_text(own->options->statement_timeout, text);
    assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT",
               "the statement took longer than statement_timeout, %s", text);
    assay_error_help(err,
                     "statement_timeout allows more; an index or a `where` may make it faster");
    return ASSAY_SOURCE;
}

#endif
