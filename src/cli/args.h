/*
 * The command line, read by tables: flags of the command, flags of every command, and
 * the settings shared with suites.
 */
#ifndef ASSAY_CLI_ARGS_H
#define ASSAY_CLI_ARGS_H

#include "suite/suite.h"

struct assay_flag {
    char letter;            /* 0: none */
    const char *name;       /* without the dashes */
    const char *value_name; /* NULL: takes no value */
    const char *help;
};

/* A flag as it was given, in order. */
struct assay_given {
    const struct assay_flag *flag; /* one of the command's own */
    const char *value;             /* NULL where it takes none */
};

#define ASSAY_ARGS_MAX 256u

struct assay_command;

struct assay_args {
    const struct assay_command *command;
    struct assay_given given[ASSAY_ARGS_MAX];
    size_t given_count;
    const char **operands; /* as many as a shell may make of a pattern */
    size_t operand_count;
    struct {
        const struct assay_option *option;
        struct assay_str value;
    } settings[ASSAY_ARGS_MAX];
    size_t setting_count;
    struct assay_variable variables[ASSAY_ARGS_MAX]; /* --var */
    uint32_t variable_count;
    int verbosity; /* -q lowers, -v raises */
    bool help;
    int color; /* -1 never, 0 as the terminal is, 1 always */
    struct assay_arena arena;
};

/* Flags that every command takes: -h, -q, -v, --color. */
const struct assay_flag *assay_flags_common(size_t *count);

/*
 * Reads argv behind the command's name. Errors: ASSAY_USAGE, with did-you-mean.
 */
enum assay_status assay_args_parse(struct assay_args *args, const struct assay_command *command,
                                   int argc, char **argv, struct assay_error *err);
void assay_args_free(struct assay_args *args);

/* The last value of a flag, or NULL. */
const char *assay_args_value(const struct assay_args *args, const char *name);
bool assay_args_has(const struct assay_args *args, const char *name);

/* Puts the settings of the command line on top of a suite's. */
enum assay_status assay_args_apply(struct assay_args *args, struct assay_options *options,
                                   struct assay_error *err);

#endif
