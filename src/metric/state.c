/*
 * The byte format of saved states.
 */
#include "config.h"

#include "metric/state.h"

void assay_state_put_u64(struct assay_buf *out, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    assay_buf_add(out, bytes, sizeof bytes);
}

void assay_state_put_text(struct assay_buf *out, struct assay_str text)
{
    assay_state_put_u64(out, text.len);
    assay_buf_str(out, text);
}

void assay_state_begin(struct assay_buf *out, const char *metric, unsigned version)
{
    assay_state_put_text(out, assay_cstr(metric));
    assay_state_put_u64(out, version);
}

uint64_t assay_state_get_u64(struct assay_str *in, bool *failed)
{
    if (*failed || in->len < 8) {
        *failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)(unsigned char)in->ptr[i] << (8 * i);
    in->ptr += 8;
    in->len -= 8;
    return value;
}

struct assay_str assay_state_get_text(struct assay_str *in, bool *failed)
{
    uint64_t len = assay_state_get_u64(in, failed);
    if (*failed || len > in->len) {
        *failed = true;
        return assay_cstr("");
    }
    struct assay_str text = {in->ptr, (size_t)len};
    in->ptr += len;
    in->len -= len;
    return text;
}

void assay_state_expect(struct assay_str *in, const char *metric, unsigned version, bool *failed)
{
    struct assay_str name = assay_state_get_text(in, failed);
    uint64_t found = assay_state_get_u64(in, failed);
    *failed |= !assay_str_is(name, metric) || found != version;
}

enum assay_status assay_state_bad(const char *metric, struct assay_error *err)
{
    return assay_fail(err, ASSAY_CONFIG, "STATE-FORMAT",
                      "this is no saved state of the metric %s that this version can read", metric);
}
