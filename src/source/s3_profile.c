/*
 * Reads the AWS tools' profiles: sections in brackets, NAME = VALUE below them, comments
 * after # or ; at the start of a line. Indented lines belong to nested settings and are
 * passed over.
 */
#include "config.h"

#include "source/s3_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_ROOM (1u << 20)
#define VALUE_ROOM 8192

void assay_s3_profile_init(struct assay_s3_profile *profile)
{
    memset(profile, 0, sizeof *profile);
    assay_buf_init(&profile->access_key, VALUE_ROOM);
    assay_buf_init(&profile->region, VALUE_ROOM);
    assay_buf_init(&profile->endpoint, VALUE_ROOM);
}

void assay_s3_profile_reset(struct assay_s3_profile *profile)
{
    assay_buf_free(&profile->access_key);
    assay_buf_free(&profile->region);
    assay_buf_free(&profile->endpoint);
    assay_secret_free(profile->secret_key);
    assay_secret_free(profile->token);
    assay_s3_profile_init(profile);
}

static struct assay_str trim(struct assay_str text)
{
    while (text.len > 0 && strchr(" \t\r", text.ptr[text.len - 1]) != NULL)
        text.len--;
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text.ptr++;
        text.len--;
    }
    return text;
}

/* "[name]", in the config file "[profile name]", is it about the profile? */
static bool is_section(struct assay_str line, struct assay_str name, bool config)
{
    static const char word[] = "profile";
    const size_t n = sizeof word - 1;
    const char *end = memchr(line.ptr, ']', line.len);
    struct assay_str found = trim(assay_str(
        line.ptr + 1, (size_t)((end != NULL ? end : line.ptr + line.len) - line.ptr) - 1));
    if (config && found.len > n && memcmp(found.ptr, word, n) == 0 &&
        (found.ptr[n] == ' ' || found.ptr[n] == '\t'))
        found = trim(assay_str(found.ptr + n, found.len - n));
    else if (config && !assay_str_is(found, "default"))
        return false;
    return assay_str_equal(found, name);
}

static bool set_secret(struct assay_secret **secret, struct assay_str value)
{
    if (*secret == NULL)
        *secret = assay_secret_new(value);
    return *secret != NULL;
}

static bool set_text(struct assay_buf *buf, struct assay_str value)
{
    if (buf->len == 0)
        assay_buf_str(buf, value);
    return !buf->failed;
}

static bool set(struct assay_s3_profile *profile, struct assay_str name, struct assay_str value)
{
    static const char *const others[] = {"credential_process", "role_arn", "sso_session",
                                         "sso_start_url", "web_identity_token_file"};
    if (assay_str_is(name, "aws_access_key_id"))
        return set_text(&profile->access_key, value);
    if (assay_str_is(name, "aws_secret_access_key"))
        return set_secret(&profile->secret_key, value);
    if (assay_str_is(name, "aws_session_token"))
        return set_secret(&profile->token, value);
    if (assay_str_is(name, "region"))
        return set_text(&profile->region, value);
    if (assay_str_is(name, "endpoint_url"))
        return set_text(&profile->endpoint, value);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (assay_str_is(name, others[i]))
            profile->unsupported = others[i];
    return true;
}

enum assay_status assay_s3_profile_read(struct assay_s3_profile *profile, struct assay_str text,
                                        struct assay_str name, bool config, struct assay_error *err)
{
    bool ours = false;
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.ptr) : text.len;
        struct assay_str line = assay_str(text.ptr, len);
        text.ptr += len + (end != NULL);
        text.len -= len + (end != NULL);
        if (len == 0 || strchr("#; \t\r", line.ptr[0]) != NULL)
            continue;
        if (line.ptr[0] == '[') {
            ours = is_section(line, name, config);
            profile->found |= ours;
            continue;
        }
        const char *equals = memchr(line.ptr, '=', len);
        if (!ours || equals == NULL)
            continue;
        size_t n = (size_t)(equals - line.ptr);
        if (!set(profile, trim(assay_str(line.ptr, n)), trim(assay_str(equals + 1, len - n - 1))))
            return assay_fail_nomem(err);
    }
    return ASSAY_OK;
}

/* A file that is not there says nothing. */
static enum assay_status load_file(struct assay_s3_profile *profile, const char *path,
                                   struct assay_str name, bool config, struct assay_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL && (errno == ENOENT || errno == ENOTDIR))
        return ASSAY_OK;
    char *text = malloc(FILE_ROOM);
    size_t len = file != NULL && text != NULL ? fread(text, 1, FILE_ROOM, file) : 0;
    bool bad = file == NULL || ferror(file) || len == FILE_ROOM;
    enum assay_status status = text == NULL ? assay_fail_nomem(err) : ASSAY_OK;
    if (status == ASSAY_OK && bad) {
        status = assay_fail(err, ASSAY_USAGE, "S3-PROFILE",
                            "this file of AWS profiles cannot be read, or is over 1 MiB");
        assay_error_at(err, path, 0, 0);
    }
    if (status == ASSAY_OK)
        status = assay_s3_profile_read(profile, assay_str(text, len), name, config, err);
    if (text != NULL)
        assay_secret_wipe(text, len);
    free(text);
    if (file != NULL)
        fclose(file);
    return status;
}

static void place(char *out, size_t room, const char *variable, const char *file)
{
    const char *named = getenv(variable);
    const char *home = getenv("HOME");
    if (named != NULL && named[0] != '\0')
        snprintf(out, room, "%s", named);
    else
        snprintf(out, room, "%s/.aws/%s", home != NULL ? home : "", file);
}

enum assay_status assay_s3_profile_load(struct assay_s3_profile *profile, struct assay_str name,
                                        struct assay_error *err)
{
    char path[4096];
    place(path, sizeof path, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    ASSAY_TRY(load_file(profile, path, name, false, err));
    place(path, sizeof path, "AWS_CONFIG_FILE", "config");
    return load_file(profile, path, name, true, err);
}
