/*
 * Building a Run. Everything in it is copied into an arena of its own.
 */
#ifndef ASSAY_ENGINE_RUN_H
#define ASSAY_ENGINE_RUN_H

#include "engine/pass.h"

struct assay_run_builder {
    struct assay_arena arena; /* the Run's; measures live in it too */
    struct assay_run run;
    struct assay_result *results;
    uint32_t result_cap;
    struct assay_str *notices;
    struct assay_run_kind { /* what inferred columns hold throughout */
        struct assay_str column;
        enum assay_value_kind kind; /* NUMBER or BOOLEAN */
    } * kinds;
    uint32_t kind_count;
    bool opened; /* the source; where not, nothing of it was read */
};

void assay_run_builder_init(struct assay_run_builder *builder);
void assay_run_builder_free(struct assay_run_builder *builder);

enum assay_status assay_run_begin(struct assay_run_builder *builder,
                                  const struct assay_suite *suite, struct assay_str source,
                                  uint32_t check_count, struct assay_error *err);

/* What is known of a source once it is open, and once it was read to the end. */
enum assay_status assay_run_source(struct assay_run_builder *builder,
                                   const struct assay_source *source, const struct assay_pass *pass,
                                   struct assay_error *err);
enum assay_status assay_run_source_end(struct assay_run_builder *builder,
                                       const struct assay_source *source,
                                       const struct assay_pass *pass, struct assay_error *err);

/* Adds a note for people; silently not where memory ran out. */
void assay_run_notice(struct assay_run_builder *builder, const char *text);

/* A note where nothing is checked: what was asked for may not be what was meant. */
void assay_run_note_selection(struct assay_run_builder *builder, const struct assay_suite *suite,
                              const struct assay_options *options, uint32_t planned);

/* "a.csv, b.csv"; of many the first, and how many more. In the arena; NULL without memory. */
const char *assay_run_name_sources(struct assay_run_builder *builder,
                                   const struct assay_str *sources, uint32_t count);

/* Tells of columns that the suite declares, without a check, and that are not there. */
void assay_run_tell_missing(struct assay_run_builder *builder, const struct assay_plan *plan,
                            const struct assay_bound *bounds);

/* Notes what each inferred column holds; before results are added. */
enum assay_status assay_run_kinds(struct assay_run_builder *builder, const struct assay_plan *plan,
                                  const struct assay_bound *bounds, struct assay_error *err);

/* Shows a result's values as what their columns hold. */
enum assay_status assay_run_infer(struct assay_run_builder *builder, struct assay_result *result,
                                  struct assay_error *err);

/* What a check says, in a line for people; in the arena. */
struct assay_str assay_run_title(struct assay_arena *arena, const struct assay_check *check,
                                 bool *failed);

/* Adds a check's result; outcome NULL: skipped, because the run broke, by `broken`. */
enum assay_status assay_run_result(struct assay_run_builder *builder,
                                   const struct assay_check *check,
                                   const struct assay_outcome *outcome,
                                   const struct assay_error *broken,
                                   const struct assay_options *options, struct assay_error *err);

/* The verdict over all, and the exit status it stands for. */
enum assay_status assay_run_conclude(struct assay_run_builder *builder,
                                     const struct assay_error *broken,
                                     const struct assay_options *options, struct assay_error *err);

/* Hands the finished Run over; the builder is then empty. */
enum assay_status assay_run_builder_take(struct assay_run_builder *builder, struct assay_run **out,
                                         struct assay_error *err);

#endif
