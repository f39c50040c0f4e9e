/*
 * Checks a file from a C program: loads a suite, runs it, walks the results.
 *
 *     cc embed.c -o embed $(pkg-config --cflags --libs assay)
 *     ./embed orders.yml orders.csv
 */
#include <assay/assay.h>

#include <stdio.h>

/* Texts of assay carry their length. */
static int print_text(struct assay_str text)
{
    return printf("%.*s", (int)text.len, text.ptr);
}

static void print_problem(void *context, const struct assay_error *problem, bool warning)
{
    (void)context;
    fprintf(stderr, "%s[%s]: %s:%llu:%llu: %s\n", warning ? "warning" : "error", problem->code,
            problem->file, (unsigned long long)problem->line, (unsigned long long)problem->column,
            problem->message);
}

static void print_sample(const struct assay_run *run, const struct assay_sample *sample)
{
    printf("    ");
    print_text(run->files[sample->file].path);
    printf(":%llu", (unsigned long long)sample->line);
    for (size_t i = 0; i < sample->value_count; i++) {
        printf(" ");
        if (sample->values[i].kind == ASSAY_VALUE_NULL)
            printf("null");
        else
            print_text(sample->values[i].text);
    }
    printf("\n");
}

static void print_result(const struct assay_run *run, const struct assay_result *result)
{
    printf("%-7s ", assay_verdict_name(result->verdict));
    print_text(result->id);
    if (result->has_counts)
        printf(" (%llu of %llu unexpected)", (unsigned long long)result->counts.unexpected_count,
               (unsigned long long)result->counts.considered_count);
    printf("\n");
    for (size_t i = 0; i < result->sample_count; i++)
        print_sample(run, &result->samples[i]);
}

int main(int argc, char **argv)
{
    static const struct assay_setting settings[] = {{"threads", "2"}, {"max_samples", "3"}};
    struct assay_run *run = NULL;
    struct assay_error error;
    if (argc != 3) {
        fprintf(stderr, "usage: embed SUITE SOURCE (with assay %s)\n", assay_version());
        return ASSAY_EXIT_USAGE;
    }
    struct assay_suite *suite = assay_suite_load(argv[1], print_problem, NULL);
    if (suite == NULL)
        return ASSAY_EXIT_USAGE;
    if (assay_validate(suite, argv[2], settings, sizeof settings / sizeof settings[0], &run,
                       &error) != ASSAY_OK) {
        print_problem(NULL, &error, false);
        assay_suite_free(suite);
        return ASSAY_EXIT_ERROR;
    }
    for (size_t i = 0; i < run->result_count; i++)
        print_result(run, &run->results[i]);
    printf("%llu records: %s\n", (unsigned long long)run->records,
           assay_verdict_name(run->verdict));
    int status = run->exit;
    assay_run_free(run);
    assay_suite_free(suite);
    return status;
}
