/*
 * Signals, kept as one flag that the workers look at between batches.
 */
#include "config.h"

#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static _Atomic int caught;

static void handle(int number)
{
    static const char note[] = "\nstopping; once more stops at once\n";
    int saved = errno;
    if (atomic_exchange(&caught, number) != 0)
        _exit(128 + number);
    if (isatty(STDERR_FILENO)) {
        ssize_t ignored = write(STDERR_FILENO, note, sizeof note - 1);
        (void)ignored;
    }
    errno = saved;
}

_Atomic int *assay_signals_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &caught;
}

int assay_signals_caught(void)
{
    return caught;
}
