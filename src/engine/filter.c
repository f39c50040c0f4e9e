/*
 * The gate: which checks records have to pass, and the order in which they are written.
 */
#include "config.h"

#include "engine/filter.h"

#include "engine/filter_part.h"
#include "engine/run.h"
#include "engine/written.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIPE_ROOM (1 << 20) /* asked for, of a pipe that is written to */

/* Whether a record that fails the check fails: as the run's exit status has it. */
static bool counts(const struct assay_check *check, const struct assay_options *options)
{
    if (check->expectation->traits & ASSAY_TRAIT_IMPLICIT)
        return true;
    enum assay_severity severity = options->has_severity ? options->severity : check->severity;
    return severity == ASSAY_SEVERITY_ERROR ||
           (severity == ASSAY_SEVERITY_WARN && options->fail_on == ASSAY_FAIL_ON_WARN);
}

enum assay_status assay_filter_plan(struct assay_filter *filter, const struct assay_plan *plan,
                                    struct assay_bound *bounds, const struct assay_options *options,
                                    struct assay_arena *arena, struct assay_error *err)
{
    struct assay_filter_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return assay_fail_nomem(err);
    filter->state = state;
    filter->passed = filter->quarantined = 0;
    filter->problem = (struct assay_error){0};
    filter->begun = false;
    pthread_mutex_init(&state->mutex, NULL);
    pthread_cond_init(&state->turn, NULL);
    state->out = (struct assay_filter_stream){.fd = filter->out, .name = "<stdout>"};
    state->quarantine =
        (struct assay_filter_stream){.fd = filter->quarantine, .name = filter->quarantine_path};
    state->reasons = (struct assay_filter_stream){.fd = filter->reasons, .name = "<stderr>"};
    state->gates = assay_arena_array(arena, plan->check_count + 1, sizeof *state->gates);
    bool failed = state->gates == NULL;
    for (uint32_t c = 0; c < plan->check_count && !failed; c++) {
        const struct assay_plan_check *entry = &plan->checks[c];
        if (!counts(entry->check, options))
            continue;
        struct assay_filter_gate *gate = &state->gates[state->gate_count++];
        gate->check = entry->check;
        gate->bound = entry->rowwise ? &bounds[entry->row_task] : NULL;
        gate->task = UINT32_MAX;
        gate->title = assay_run_title(arena, entry->check, &failed);
        if (entry->check->expectation->traits & ASSAY_TRAIT_IMPLICIT)
            state->all = gate->bound;
    }
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

void assay_filter_free(struct assay_filter *filter)
{
    if (filter == NULL || filter->state == NULL)
        return;
    pthread_mutex_destroy(&filter->state->mutex);
    pthread_cond_destroy(&filter->state->turn);
    free(filter->state);
    filter->state = NULL;
}

void assay_filter_ask(const struct assay_filter *filter, struct assay_source_options *options)
{
    options->live = filter != NULL && filter->out >= 0;
    options->raw = filter != NULL && (filter->out >= 0 || filter->raw);
}

bool assay_filter_looks_back(const struct assay_filter *filter)
{
    for (uint32_t g = 0; filter != NULL && g < filter->state->gate_count; g++) {
        const struct assay_bound *bound = filter->state->gates[g].bound;
        if (bound != NULL && bound->task->phase > 1)
            return true;
    }
    return false;
}

static enum assay_status write_failed(const struct assay_filter_stream *stream,
                                      struct assay_error *err)
{
    int why = errno;
    bool left = why == EPIPE && stream->fd == STDOUT_FILENO;
    assay_fail(err, ASSAY_IO, left ? "OUTPUT-PIPE" : "OUTPUT-WRITE",
               "records cannot be written: %s", strerror(why));
    assay_error_at(err, stream->name, 0, 0);
    if (why == EPIPE)
        assay_error_help(err, "whoever reads them ended before the data did");
    else if (why == ENOSPC || why == EDQUOT)
        assay_error_help(err, "the disk is full");
    return ASSAY_IO;
}

static enum assay_status write_bytes(struct assay_filter_stream *stream, struct assay_str bytes,
                                     struct assay_error *err)
{
    while (bytes.len > 0) {
        ssize_t n = write(stream->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = stream->fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (n < 0 && errno != EINTR)
            return write_failed(stream, err);
        else if (n > 0) {
            bytes.ptr += n;
            bytes.len -= (size_t)n;
        }
    }
    return ASSAY_OK;
}

static enum assay_status begin_stream(struct assay_filter_stream *stream,
                                      const struct assay_source_frame *frame,
                                      struct assay_error *err)
{
    stream->begun = true;
    return write_bytes(stream, frame->before, err);
}

/* Records in the form of the data. The last one of a file may have no line end. */
static enum assay_status write_records(struct assay_filter_stream *stream,
                                       const struct assay_source_frame *frame,
                                       struct assay_str records, struct assay_error *err)
{
    if (records.len == 0)
        return ASSAY_OK;
    if (!stream->begun)
        ASSAY_TRY(begin_stream(stream, frame, err));
    if (stream->some && !(frame->lines && stream->ended))
        ASSAY_TRY(write_bytes(stream, frame->between, err));
    char last = records.ptr[records.len - 1];
    stream->some = true;
    stream->ended = last == '\n' || last == '\r';
    return write_bytes(stream, records, err);
}

static enum assay_status check_outputs(const struct assay_filter *filter,
                                       const struct assay_pass *pass, struct assay_error *err)
{
    struct stat output;
    bool plain = filter->out >= 0 && fstat(filter->out, &output) == 0;
    const char *same = plain ? assay_written_is_read(pass->source, &output) : NULL;
    if (same != NULL) { /* while it is read, even */
        assay_fail(err, ASSAY_USAGE, "FILTER-SAME", "this is the data itself, %s", same);
        assay_error_help(err, "write to another file, and rename it afterwards");
        assay_error_at(err, "<stdout>", 0, 0);
        return ASSAY_USAGE;
    }
    if (pass->source->column_count == 0 || pass->source->frame.between.len != 0)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "FILTER-SOURCE",
               "the records of this source have no bytes that could be passed on");
    assay_error_help(err, "records can be told apart in files and streams");
    return ASSAY_SOURCE;
}

/* Nothing passes a check that cannot be evaluated. */
static enum assay_status check_gates(const struct assay_filter_state *state,
                                     struct assay_error *err)
{
    for (uint32_t g = 0; g < state->gate_count; g++) {
        const struct assay_bound *bound = state->gates[g].bound;
        if (bound == NULL || !bound->measure.failed)
            continue;
        *err = bound->measure.error;
        return err->status == ASSAY_OK ? ASSAY_SOURCE : err->status;
    }
    return ASSAY_OK;
}

enum assay_status assay_filter_begin(struct assay_filter *filter, struct assay_pass *pass,
                                     struct assay_error *err)
{
    struct assay_filter_state *state = filter->state;
    struct stat output;
    pass->filter = filter;
    state->pass = pass;
    state->frame = &pass->source->frame;
    ASSAY_TRY(check_outputs(filter, pass, err));
    for (uint32_t g = 0; g < state->gate_count; g++)
        for (uint32_t t = 0; t < pass->task_count; t++)
            if (pass->tasks[t] == state->gates[g].bound) {
                state->gates[g].task = t;
                pass->tasks[t]->marked = true;
            }
    if (filter->out >= 0)
        ASSAY_TRY(check_gates(state, err));
    filter->begun = true;
    if (filter->out < 0)
        return ASSAY_OK;
    if (fstat(filter->out, &output) == 0 && S_ISFIFO(output.st_mode))
        (void)fcntl(filter->out, F_SETPIPE_SZ, PIPE_ROOM);
    return begin_stream(&state->out, state->frame, err);
}

/* What fails goes first: nothing has passed that those beside it are not kept of. */
static enum assay_status put_failing(struct assay_filter *filter, struct assay_worker *worker,
                                     struct assay_error *err)
{
    struct assay_filter_state *state = filter->state;
    struct assay_filter_part *part = worker->part;
    for (;;) {
        struct assay_str text = assay_buf_view(&part->text);
        if (filter->raw)
            ASSAY_TRY(write_records(&state->quarantine, state->frame, text, err));
        else
            ASSAY_TRY(write_bytes(&state->quarantine, text, err));
        ASSAY_TRY(write_bytes(&state->reasons, assay_buf_view(&part->lines), err));
        if (part->next >= worker->batch.rows)
            return ASSAY_OK;
        ASSAY_TRY(assay_filter_render(filter, worker, err));
    }
}

/* A validation goes on without its quarantine, and says at the end that it is not whole. */
static enum assay_status give_up(struct assay_filter *filter, enum assay_status status,
                                 struct assay_error *err)
{
    if (status != ASSAY_IO)
        return status;
    filter->problem = *err;
    return filter->out >= 0 ? status : ASSAY_OK;
}

static enum assay_status put_part(struct assay_filter *filter, struct assay_worker *worker,
                                  struct assay_error *err)
{
    struct assay_filter_state *state = filter->state;
    struct assay_filter_part *part = worker->part;
    if (filter->problem.status == ASSAY_OK)
        ASSAY_TRY(give_up(filter, put_failing(filter, worker, err), err));
    if (filter->out >= 0)
        ASSAY_TRY(write_records(&state->out, state->frame, part->good, err));
    filter->passed += part->passed;
    filter->quarantined += part->failed;
    for (uint32_t g = 0; g < state->gate_count; g++)
        if (part->failing[g] != NULL)
            state->gates[g].failing += assay_bits_count(part->failing[g], worker->batch.rows);
    return ASSAY_OK;
}

enum assay_status assay_filter_put(struct assay_filter *filter, struct assay_worker *worker,
                                   struct assay_error *err)
{
    struct assay_filter_state *state = filter->state;
    pthread_mutex_lock(&state->mutex);
    while (state->next != worker->batch.sequence && !state->broken)
        pthread_cond_wait(&state->turn, &state->mutex);
    bool broken = state->broken;
    pthread_mutex_unlock(&state->mutex);
    if (broken)
        return ASSAY_OK; /* whoever broke it has said why */
    enum assay_status status = put_part(filter, worker, err);
    if (status != ASSAY_OK) {
        assay_filter_break(filter);
        return status;
    }
    pthread_mutex_lock(&state->mutex);
    state->next++;
    pthread_cond_broadcast(&state->turn);
    pthread_mutex_unlock(&state->mutex);
    return ASSAY_OK;
}

void assay_filter_break(struct assay_filter *filter)
{
    struct assay_filter_state *state = filter->state;
    pthread_mutex_lock(&state->mutex);
    state->broken = true;
    pthread_cond_broadcast(&state->turn);
    pthread_mutex_unlock(&state->mutex);
}

enum assay_status assay_filter_end(struct assay_filter *filter, bool whole, struct assay_error *err)
{
    struct assay_filter_state *state = filter->state;
    bool framed = state->out.some || (state->frame != NULL && state->frame->before.len != 0);
    if (state->out.fd >= 0 && state->out.begun && framed)
        ASSAY_TRY(write_bytes(&state->out, state->frame->after, err));
    if (filter->raw && state->quarantine.begun && filter->problem.status == ASSAY_OK)
        ASSAY_TRY(give_up(filter, write_bytes(&state->quarantine, state->frame->after, err), err));
    if (!whole || state->all == NULL || filter->problem.status != ASSAY_OK)
        return ASSAY_OK;
    uint64_t records = state->all->measure.counts.element_count;
    if (records == filter->passed + filter->quarantined)
        return ASSAY_OK;
    return assay_fail(err, ASSAY_INTERNAL, "BUG-FILTER",
                      "%llu records were read, but %llu passed and %llu were quarantined",
                      (unsigned long long)records, (unsigned long long)filter->passed,
                      (unsigned long long)filter->quarantined);
}

struct assay_str assay_filter_unshown(const struct assay_filter *filter,
                                      const struct assay_result *results, size_t count,
                                      struct assay_arena *arena)
{
    const struct assay_filter_state *state = filter->state;
    struct assay_buf list;
    assay_buf_init(&list, 200);
    for (uint32_t g = 0; g < state->gate_count && !list.failed; g++)
        for (size_t r = 0; r < count; r++)
            if (assay_str_equal(results[r].id, state->gates[g].check->id) &&
                results[r].verdict == ASSAY_FAIL && state->gates[g].failing == 0) {
                assay_buf_puts(&list, list.len ? ", " : "");
                assay_buf_str(&list, results[r].id);
            }
    const char *more = list.failed ? ", …" : "";
    char *text = assay_arena_printf(arena, "%.*s%s", (int)list.len, list.ptr ? list.ptr : "", more);
    assay_buf_free(&list);
    return assay_cstr(text);
}
