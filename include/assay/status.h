/*
 * What a call can come to, and how a problem is told to a person.
 *
 * Every call that can fail returns an assay_status and takes, as its last
 * argument, an assay_error that the caller owns. The status says which kind of
 * thing went wrong; the error says where and what to do about it, in terms of
 * the user's own files. A library call never prints and never exits.
 *
 * Three things are kept apart: a failed expectation is a verdict (ASSAY_OK and
 * a Run that says so), an expectation that could not be evaluated is an errored
 * verdict (the others still run), and a run that broke is a status.
 */
#ifndef ASSAY_STATUS_H
#define ASSAY_STATUS_H

#include <stdint.h>

#if defined(__GNUC__)
#define ASSAY_API __attribute__((visibility("default")))
#define ASSAY_CHECKED __attribute__((warn_unused_result))
#define ASSAY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define ASSAY_API
#define ASSAY_CHECKED
#define ASSAY_PRINTF(fmt, args)
#endif

enum assay_status {
    ASSAY_OK = 0,
    ASSAY_USAGE,       /* the call or the command line is wrong */
    ASSAY_CONFIG,      /* the suite or the configuration is wrong; nothing was read */
    ASSAY_SOURCE,      /* the data cannot be opened, read or made sense of */
    ASSAY_LIMIT,       /* a configured bound was reached */
    ASSAY_NOMEM,       /* the system gave no memory */
    ASSAY_IO,          /* an output, a temporary file or the history could not be written */
    ASSAY_INTERRUPTED, /* a signal or the caller asked to stop */
    ASSAY_INTERNAL     /* a defect in assay itself */
};

/*
 * The process exit statuses, the only place where they are given numbers. When
 * several hold, the precedence is 2 > 3 > 1 > 4 > 5 > 141 > 0.
 */
enum assay_exit {
    ASSAY_EXIT_PASS = 0,  /* every expectation passed (warnings included) */
    ASSAY_EXIT_FAIL = 1,  /* an expectation failed */
    ASSAY_EXIT_USAGE = 2, /* bad usage, suite or configuration: nothing was read */
    ASSAY_EXIT_ERROR = 3, /* a source or an expectation could not be evaluated */
    ASSAY_EXIT_EMPTY = 4, /* nothing was evaluated */
    ASSAY_EXIT_SIDE = 5,  /* the verdict is pass, but an output could not be stored */
    ASSAY_EXIT_PIPE = 141 /* whoever read the standard output left, as SIGPIPE would tell */
};

/*
 * One problem. `code` is stable (`assay explain CODE` tells more about it), the
 * texts are for people. `file` is empty where no file is concerned; `line` and
 * `column` count from 1, and are 0 where they mean nothing. `excerpt` holds the
 * offending source line and `caret` the 0-based byte in it to point at; an empty
 * excerpt means there is none to show. All texts are NUL-terminated, cut at their
 * size, and may contain bytes of the user's data: whoever prints escapes them.
 */
struct assay_error {
    enum assay_status status;
    char code[32];
    char file[512];
    uint64_t line;
    uint64_t column;
    char message[512];
    char help[512];
    char excerpt[256];
    uint32_t caret;
};

#endif
