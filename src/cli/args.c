/*
 * Reading the command line.
 */
#include "config.h"

#include "cli/args.h"

#include "base/suggest.h"
#include "cli/command.h"

#include <stdio.h>

static const struct assay_flag common[] = {
    {'h', "help", NULL, "show help"},
    {'q', "quiet", NULL, "only what is wrong; twice: nothing but the exit status"},
    {'v', "verbose", NULL, "more: every result, all samples"},
    {0, "color", "WHEN", "auto, always or never"},
};

const struct assay_flag *assay_flags_common(size_t *count)
{
    *count = sizeof common / sizeof common[0];
    return common;
}

/* What an argument names: a flag, a setting, or neither. */
struct named {
    const struct assay_flag *flag;
    bool own; /* of the command, not of all */
    const struct assay_option *option;
};

static bool is_name(const char *name, size_t len, const char *flag)
{
    return strlen(flag) == len && memcmp(name, flag, len) == 0;
}

static struct named find_long(const struct assay_command *command, const char *name, size_t len)
{
    for (size_t i = 0; i < command->flag_count; i++)
        if (is_name(name, len, command->flags[i].name))
            return (struct named){.flag = &command->flags[i], .own = true};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (is_name(name, len, common[i].name))
            return (struct named){.flag = &common[i]};
    const struct assay_option *option = assay_option_find(assay_str(name, len));
    if (command->settings && option != NULL && (option->flags & ASSAY_OPTION_COMMAND))
        return (struct named){.option = option};
    return (struct named){0};
}

static struct named find_letter(const struct assay_command *command, char letter)
{
    for (size_t i = 0; i < command->flag_count; i++)
        if (command->flags[i].letter == letter)
            return (struct named){.flag = &command->flags[i], .own = true};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (common[i].letter == letter)
            return (struct named){.flag = &common[i]};
    return (struct named){0};
}

static enum assay_status unknown_flag(const struct assay_command *command, const char *argument,
                                      const char *name, size_t len, struct assay_error *err)
{
    const char *known[128];
    char dashed[64][40];
    size_t count = 0, n, made = 0;
    for (size_t i = 0; i < command->flag_count && count < 40; i++)
        known[count++] = command->flags[i].name;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        known[count++] = common[i].name;
    const struct assay_option *rows = assay_option_rows(&n);
    for (size_t i = 0; i < n && command->settings && made < 64; i++) {
        snprintf(dashed[made], sizeof dashed[made], "%s", rows[i].name);
        for (char *p = dashed[made]; *p; p++)
            *p = *p == '_' ? '-' : *p;
        known[count++] = dashed[made++];
    }
    assay_fail(err, ASSAY_USAGE, "USAGE-FLAG", "unknown option %s", argument);
    const char *near = assay_suggest(assay_str(name, len), known, count);
    if (near != NULL)
        assay_error_help(err, "did you mean --%s?", near);
    else
        assay_error_help(err, "usage: assay %s %s", command->name, command->usage);
    return ASSAY_USAGE;
}

static enum assay_status too_many(struct assay_error *err)
{
    return assay_fail(err, ASSAY_USAGE, "USAGE-COUNT", "more than %u arguments of one kind",
                      ASSAY_ARGS_MAX);
}

static bool is_variable(const char *name, const char *end)
{
    for (const char *p = name; p < end; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_';
        if (!letter && (p == name || *p < '0' || *p > '9'))
            return false;
    }
    return end > name;
}

static enum assay_status take_variable(struct assay_args *args, const char *value,
                                       struct assay_error *err)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || !is_variable(value, equals)) {
        assay_fail(err, ASSAY_USAGE, "USAGE-VAR", "--var %s: expected NAME=VALUE", value);
        assay_error_help(err, "a name is a letter or '_', then letters, digits and '_': --var "
                              "MONTH=2026-11 gives ${MONTH} of the suite");
        return ASSAY_USAGE;
    }
    if (args->variable_count == ASSAY_ARGS_MAX)
        return too_many(err);
    args->variables[args->variable_count++] = (struct assay_variable){
        .name = assay_str(value, (size_t)(equals - value)), .value = assay_cstr(equals + 1)};
    return ASSAY_OK;
}

static enum assay_status take_setting(struct assay_args *args, const struct assay_option *option,
                                      struct assay_str value, struct assay_error *err)
{
    if (args->setting_count == ASSAY_ARGS_MAX)
        return too_many(err);
    args->settings[args->setting_count].option = option;
    args->settings[args->setting_count++].value = value;
    return ASSAY_OK;
}

static enum assay_status unknown_setting(struct assay_str name, struct assay_error *err)
{
    const char *known[128];
    size_t count, n = 0;
    const struct assay_option *rows = assay_option_rows(&count);
    for (; n < count && n < 128; n++)
        known[n] = rows[n].name;
    assay_fail(err, ASSAY_USAGE, "USAGE-SET", "--set: there is no setting \"%.*s\"",
               (int)(name.len < 100 ? name.len : 100), name.ptr);
    const char *near = assay_suggest(name, known, n);
    if (near != NULL)
        assay_error_help(err, "did you mean %s?", near);
    else
        assay_error_help(err, "`assay validate --help` lists the settings");
    return ASSAY_USAGE;
}

/* --set NAME=VALUE: any shared setting by its name in a suite, and severity. */
static enum assay_status take_set(struct assay_args *args, const char *value,
                                  struct assay_error *err)
{
    const char *equals = strchr(value, '=');
    const struct assay_option *option =
        equals ? assay_option_find(assay_str(value, (size_t)(equals - value))) : NULL;
    if (option != NULL)
        return take_setting(args, option, assay_cstr(equals + 1), err);
    if (equals == NULL) {
        assay_fail(err, ASSAY_USAGE, "USAGE-SET", "--set %s: expected NAME=VALUE", value);
        assay_error_help(err, "such as --set severity=warn or --set max_samples=5");
        return ASSAY_USAGE;
    }
    return unknown_setting(assay_str(value, (size_t)(equals - value)), err);
}

static enum assay_status take_common(struct assay_args *args, const struct assay_flag *flag,
                                     const char *value, struct assay_error *err)
{
    static const char *const whens[] = {"never", "auto", "always"};
    switch (flag->name[0]) {
    case 'h': args->help = true; return ASSAY_OK;
    case 'q': args->verbosity--; return ASSAY_OK;
    case 'v': args->verbosity++; return ASSAY_OK;
    default: break;
    }
    for (int i = 0; i < 3; i++)
        if (strcmp(value, whens[i]) == 0) {
            args->color = i - 1;
            return ASSAY_OK;
        }
    assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "--color cannot be \"%s\"", value);
    assay_error_help(err, "auto, always or never");
    return ASSAY_USAGE;
}

static enum assay_status take(struct assay_args *args, struct named named, const char *value,
                              struct assay_error *err)
{
    if (named.option != NULL)
        return take_setting(args, named.option, assay_cstr(value ? value : "true"), err);
    if (!named.own)
        return take_common(args, named.flag, value, err);
    if (strcmp(named.flag->name, "var") == 0)
        return take_variable(args, value, err);
    if (strcmp(named.flag->name, "set") == 0)
        return take_set(args, value, err);
    if (args->given_count == ASSAY_ARGS_MAX)
        return too_many(err);
    args->given[args->given_count++] = (struct assay_given){named.flag, value};
    return ASSAY_OK;
}

static bool wants_value(struct named named)
{
    return named.option ? named.option->type != ASSAY_OPTION_FLAG : named.flag->value_name != NULL;
}

static enum assay_status take_with_value(struct assay_args *args, struct named named,
                                         const char *argument, const char *value, int argc,
                                         char **argv, int *at, struct assay_error *err)
{
    if (wants_value(named) && value == NULL) {
        if (*at + 1 >= argc) {
            assay_fail(err, ASSAY_USAGE, "USAGE-VALUE", "%s needs a value", argument);
            return ASSAY_USAGE;
        }
        value = argv[++*at];
    } else if (!wants_value(named) && value != NULL && named.option == NULL)
        return assay_fail(err, ASSAY_USAGE, "USAGE-VALUE", "%s takes no value", argument);
    return take(args, named, value, err);
}

static enum assay_status parse_one(struct assay_args *args, int argc, char **argv, int *at,
                                   struct assay_error *err)
{
    const char *argument = argv[*at];
    if (argument[0] != '-' || argument[1] == '\0') {
        args->operands[args->operand_count++] = argument;
        return ASSAY_OK;
    }
    if (argument[1] == '-') {
        const char *name = argument + 2, *equals = strchr(name, '=');
        size_t len = equals ? (size_t)(equals - name) : strlen(name);
        struct named named = find_long(args->command, name, len);
        if (named.flag == NULL && named.option == NULL)
            return unknown_flag(args->command, argument, name, len, err);
        return take_with_value(args, named, argument, equals ? equals + 1 : NULL, argc, argv, at,
                               err);
    }
    for (const char *p = argument + 1; *p != '\0'; p++) {
        struct named named = find_letter(args->command, *p);
        if (named.flag == NULL)
            return unknown_flag(args->command, argument, p, 1, err);
        if (wants_value(named))
            return take_with_value(args, named, argument, p[1] ? p + 1 : NULL, argc, argv, at, err);
        ASSAY_TRY(take(args, named, NULL, err));
    }
    return ASSAY_OK;
}

enum assay_status assay_args_parse(struct assay_args *args, const struct assay_command *command,
                                   int argc, char **argv, struct assay_error *err)
{
    memset(args, 0, sizeof *args);
    args->command = command;
    assay_arena_init(&args->arena, 0);
    args->operands = assay_arena_array(&args->arena, (size_t)argc + 1, sizeof *args->operands);
    if (args->operands == NULL)
        return assay_fail_nomem(err);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            for (i++; i < argc; i++)
                args->operands[args->operand_count++] = argv[i];
            break;
        }
        ASSAY_TRY(parse_one(args, argc, argv, &i, err));
    }
    return ASSAY_OK;
}

void assay_args_free(struct assay_args *args)
{
    assay_arena_free(&args->arena);
}

const char *assay_args_value(const struct assay_args *args, const char *name)
{
    for (size_t i = args->given_count; i-- > 0;)
        if (strcmp(args->given[i].flag->name, name) == 0)
            return args->given[i].value;
    return NULL;
}

bool assay_args_has(const struct assay_args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].flag->name, name) == 0)
            return true;
    return false;
}

enum assay_status assay_args_apply(struct assay_args *args, struct assay_options *options,
                                   struct assay_error *err)
{
    for (size_t i = 0; i < args->setting_count; i++)
        ASSAY_TRY(assay_option_set_text(options, args->settings[i].option, args->settings[i].value,
                                        &args->arena, err));
    return ASSAY_OK;
}
