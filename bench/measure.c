/*
 * Runs a command with its output thrown away and prints what it cost:
 * "SECONDS PEAK-KILOBYTES STATUS" (wall time, peak resident set, exit status).
 */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status;
    if (argc < 2) {
        fprintf(stderr, "usage: measure COMMAND [ARGUMENT]...\n");
        return 2;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now();
    if (posix_spawnp(&child, argv[1], &actions, NULL, argv + 1, environ) != 0 ||
        wait4(child, &status, 0, &usage) != child) {
        fprintf(stderr, "measure: %s cannot be run\n", argv[1]);
        return 2;
    }
    double seconds = now() - start;
    posix_spawn_file_actions_destroy(&actions);
    printf("%.6f %ld %d\n", seconds, (long)usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
