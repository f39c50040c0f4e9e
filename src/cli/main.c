/*
 * assay: the program.
 */
#include "config.h"

#include "cli/command.h"
#include "cli/help.h"
#include "cli/print.h"

#include "base/suggest.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const struct assay_command *const commands[] = {
    &assay_command_validate, &assay_command_filter, &assay_command_lint,
    &assay_command_convert,  &assay_command_list,   &assay_command_explain,
};
#define COMMANDS (sizeof commands / sizeof commands[0])

const struct assay_command *const *assay_commands(size_t *count)
{
    *count = COMMANDS;
    return commands;
}

const struct assay_command *assay_command_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    struct assay_args plain = {0};
    struct assay_error error;
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    assay_fail(&error, ASSAY_USAGE, "USAGE-COMMAND", "there is no command %s", name);
    const char *near = assay_suggest(assay_cstr(name), names, COMMANDS);
    if (near != NULL)
        assay_error_help(&error, "did you mean assay %s?", near);
    else
        assay_error_help(&error, "`assay --help` lists the commands");
    assay_print_error(&plain, &error);
    return ASSAY_EXIT_USAGE;
}

static int run_command(const struct assay_command *command, int argc, char **argv)
{
    struct assay_args *args = malloc(sizeof *args);
    struct assay_error error;
    if (args == NULL)
        return ASSAY_EXIT_ERROR;
    int status;
    if (assay_args_parse(args, command, argc, argv, &error) != ASSAY_OK) {
        assay_print_error(args, &error);
        status = ASSAY_EXIT_USAGE;
    } else if (args->help)
        status = assay_help_command(command);
    else
        status = command->run(args);
    assay_args_free(args);
    free(args);
    return status;
}

/*
 * A standard stream that is closed would be the number of the next file that is opened. What
 * takes its place can be read or written the other way only: using it stays an error.
 */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    hold_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed stdout is an error of write, not a death */
    signal(SIGXFSZ, SIG_IGN); /* nor is a file that may not grow further */
    if (argc < 2) {
        assay_help_short();
        return ASSAY_EXIT_USAGE; /* a gate whose arguments got lost lets nothing through */
    }
    const char *first = argv[1];
    if (strcmp(first, "--version") == 0 || strcmp(first, "version") == 0)
        return assay_help_version(argc > 2 && strcmp(argv[2], "--json") == 0);
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return assay_help_long();
    if (strcmp(first, "help") == 0) {
        if (argc < 3)
            return assay_help_long();
        const struct assay_command *topic = assay_command_find(argv[2]);
        return topic ? assay_help_command(topic) : unknown_command(argv[2]);
    }
    const struct assay_command *command = assay_command_find(first);
    return command ? run_command(command, argc - 2, argv + 2) : unknown_command(first);
}
