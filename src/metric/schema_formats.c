/*
 * The formats of JSON Schema, each a test of the whole text.
 */
#include "config.h"

#include "metric/schema_formats.h"

#include "base/regex.h"
#include "base/utf8.h"
#include "metric/formats.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static struct assay_str rest(struct assay_str text, size_t from)
{
    return assay_str(text.ptr + from, text.len - from);
}

/* Dates and times. */

/* So many digits at `at`, as a number; -1 where they are not there. */
static int digits_at(struct assay_str text, size_t at, size_t count)
{
    int number = 0;
    if (at + count > text.len)
        return -1;
    for (size_t i = at; i < at + count; i++) {
        if (!is_digit(text.ptr[i]))
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

static bool is_date(struct assay_str text)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' || year < 0 || month < 1 ||
        month > 12)
        return false;
    bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= lengths[month - 1] + leap;
}

/* Z, or +hh:mm as minutes. */
static bool take_offset(struct assay_str text, int *minutes)
{
    *minutes = 0;
    if (text.len == 1)
        return (text.ptr[0] | 0x20) == 'z';
    int hours = digits_at(text, 1, 2), rest_of = digits_at(text, 4, 2);
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
        hours < 0 || hours > 23 || rest_of < 0 || rest_of > 59)
        return false;
    *minutes = (text.ptr[0] == '-' ? -1 : 1) * (hours * 60 + rest_of);
    return true;
}

/* A leap second is the last one of a day in UTC. */
static bool is_time(struct assay_str text)
{
    int hour = digits_at(text, 0, 2), minute = digits_at(text, 3, 2), offset;
    int second = digits_at(text, 6, 2);
    if (text.len < 9 || text.ptr[2] != ':' || text.ptr[5] != ':' || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    size_t at = 8;
    if (text.ptr[at] == '.') {
        if (digits_at(text, ++at, 1) < 0)
            return false;
        while (at < text.len && is_digit(text.ptr[at]))
            at++;
    }
    if (!take_offset(rest(text, at), &offset))
        return false;
    int utc = (hour * 60 + minute - offset + 2880) % 1440;
    return second < 60 || utc == 1439;
}

static bool is_date_time(struct assay_str text)
{
    return text.len > 11 && (text.ptr[10] | 0x20) == 't' && is_date(assay_str(text.ptr, 10)) &&
           is_time(rest(text, 11));
}

/* Of units in order, numbers before each, nothing left out between two; behind them. */
static size_t take_units(struct assay_str text, size_t at, const char *units, bool *any)
{
    const char *next = units;
    while (at < text.len && is_digit(text.ptr[at])) {
        size_t from = at;
        while (at < text.len && is_digit(text.ptr[at]))
            at++;
        const char *unit = at < text.len ? strchr(next, text.ptr[at]) : NULL;
        if (unit == NULL || *unit == '\0' || (*any && unit != next))
            return from;
        next = unit + 1;
        *any = true;
        at++;
    }
    return at;
}

static bool is_duration(struct assay_str text)
{
    bool date = false, time = false, weeks = false;
    if (text.len < 3 || text.ptr[0] != 'P')
        return false;
    size_t at = take_units(text, 1, "W", &weeks);
    if (weeks)
        return at == text.len;
    at = take_units(text, 1, "YMD", &date);
    if (at < text.len && text.ptr[at] == 'T') {
        at = take_units(text, at + 1, "HMS", &time);
        return time && at == text.len;
    }
    return date && at == text.len;
}

/* Hosts and mailboxes. */

static bool has_high(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return true;
    return false;
}

static bool is_label(struct assay_str label, bool international)
{
    if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return false;
    bool tagged = label.len >= 4 && label.ptr[2] == '-' && label.ptr[3] == '-';
    if (tagged && (label.ptr[0] | 0x20) != 'x')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        bool high = (unsigned char)c >= 0x80;
        if (!is_digit(c) && !is_letter(c) && c != '-' && !(high && international))
            return false;
    }
    return true;
}

static bool is_host(struct assay_str text, bool international)
{
    if (text.len == 0 || text.len > 253)
        return false;
    for (size_t from = 0; from <= text.len;) {
        const char *dot = from < text.len ? memchr(text.ptr + from, '.', text.len - from) : NULL;
        size_t to = dot != NULL ? (size_t)(dot - text.ptr) : text.len;
        if (!is_label(assay_str(text.ptr + from, to - from), international))
            return false;
        from = to + 1;
    }
    return true;
}

static bool is_hostname(struct assay_str text)
{
    return is_host(text, false);
}

static bool is_idn_hostname(struct assay_str text)
{
    return assay_utf8_valid(text) == text.len && is_host(text, true);
}

static bool is_ipv4(struct assay_str text)
{
    return assay_formats[ASSAY_FORMAT_IPV4].holds(text);
}

static bool is_ipv6(struct assay_str text)
{
    return assay_formats[ASSAY_FORMAT_IPV6].holds(text);
}

static bool is_atom(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80 ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_local_part(struct assay_str text)
{
    if (text.len == 0 || text.len > 64)
        return false;
    if (text.ptr[0] == '"') {
        size_t at = 1;
        for (; at + 1 < text.len && text.ptr[at] != '"'; at++)
            if ((unsigned char)text.ptr[at] < 0x20 ||
                (text.ptr[at] == '\\' && ++at + 1 >= text.len))
                return false;
        return text.len > 1 && at + 1 == text.len && text.ptr[at] == '"';
    }
    for (size_t i = 0; i < text.len; i++)
        if (!is_atom(text.ptr[i]) &&
            (text.ptr[i] != '.' || i == 0 || i + 1 == text.len || text.ptr[i - 1] == '.'))
            return false;
    return true;
}

static bool is_mailbox(struct assay_str text, bool international)
{
    const char *sign = text.len > 0 ? memrchr(text.ptr, '@', text.len) : NULL;
    if (sign == NULL || (!international && has_high(text)) || assay_utf8_valid(text) < text.len)
        return false;
    struct assay_str host = rest(text, (size_t)(sign + 1 - text.ptr));
    if (!is_local_part(assay_str(text.ptr, (size_t)(sign - text.ptr))))
        return false;
    if (host.len < 2 || host.ptr[0] != '[' || host.ptr[host.len - 1] != ']')
        return is_host(host, international);
    struct assay_str address = assay_str(host.ptr + 1, host.len - 2);
    bool six = address.len > 5 && memcmp(address.ptr, "IPv6:", 5) == 0;
    return six ? is_ipv6(rest(address, 5)) : is_ipv4(address);
}

static bool is_email(struct assay_str text)
{
    return is_mailbox(text, false);
}

static bool is_idn_email(struct assay_str text)
{
    return is_mailbox(text, true);
}

/* URIs. */

#define UNRESERVED "-._~"
#define SUB_DELIMS "!$&'()*+,;="

/* Characters of a part of a URI, `also` those beyond unreserved and sub-delims. */
static bool are_of_uri(struct assay_str text, const char *also, bool international)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            if (i + 2 >= text.len || !is_hex(text.ptr[i + 1]) || !is_hex(text.ptr[i + 2]))
                return false;
            i += 2;
        } else if (!is_digit(c) && !is_letter(c) &&
                   (c == '\0' || strchr(UNRESERVED SUB_DELIMS, c) == NULL) &&
                   (c == '\0' || strchr(also, c) == NULL) &&
                   !(international && (unsigned char)c >= 0x80))
            return false;
    }
    return true;
}

static bool is_authority(struct assay_str text, bool international)
{
    const char *sign = text.len > 0 ? memchr(text.ptr, '@', text.len) : NULL;
    if (sign != NULL) {
        size_t len = (size_t)(sign - text.ptr);
        if (!are_of_uri(assay_str(text.ptr, len), ":", international))
            return false;
        text = rest(text, len + 1);
    }
    size_t host = 0;
    if (text.len > 0 && text.ptr[0] == '[') {
        const char *end = memchr(text.ptr, ']', text.len);
        if (end == NULL)
            return false;
        host = (size_t)(end - text.ptr) + 1;
        struct assay_str address = assay_str(text.ptr + 1, host - 2);
        bool future = address.len > 0 && (address.ptr[0] | 0x20) == 'v';
        if (future ? !are_of_uri(address, ":", false) : !is_ipv6(address))
            return false;
    } else {
        while (host < text.len && text.ptr[host] != ':')
            host++;
        if (!are_of_uri(assay_str(text.ptr, host), "", international))
            return false;
    }
    for (size_t i = host + 1; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return host == text.len || text.ptr[host] == ':';
}

static size_t scheme_len(struct assay_str text)
{
    size_t n = 0;
    while (n < text.len &&
           (is_letter(text.ptr[n]) ||
            (n > 0 && (is_digit(text.ptr[n]) || memchr("+-.", text.ptr[n], 3) != NULL))))
        n++;
    return n > 0 && n < text.len && text.ptr[n] == ':' ? n + 1 : 0;
}

/* Cuts off what stands at and behind a mark; false: it has bytes that it may not have. */
static bool cut_tail(struct assay_str *text, char mark, bool international)
{
    const char *at = text->len > 0 ? memchr(text->ptr, mark, text->len) : NULL;
    if (at == NULL)
        return true;
    size_t len = (size_t)(at - text->ptr);
    bool good = are_of_uri(rest(*text, len + 1), ":@/?", international);
    text->len = len;
    return good;
}

static bool is_uri_of(struct assay_str text, bool reference, bool international)
{
    size_t scheme = scheme_len(text);
    if ((scheme == 0 && !reference) || (international && assay_utf8_valid(text) < text.len))
        return false;
    text = rest(text, scheme);
    if (!cut_tail(&text, '#', international) || !cut_tail(&text, '?', international))
        return false;
    if (text.len >= 2 && text.ptr[0] == '/' && text.ptr[1] == '/') {
        const char *slash = memchr(text.ptr + 2, '/', text.len - 2);
        size_t len = slash != NULL ? (size_t)(slash - text.ptr) : text.len;
        if (!is_authority(assay_str(text.ptr + 2, len - 2), international))
            return false;
        text = rest(text, len);
    } else if (scheme == 0 && text.len > 0 && text.ptr[0] != '/') {
        /* A colon in the first segment would make it a scheme. */
        const char *slash = memchr(text.ptr, '/', text.len);
        size_t len = slash != NULL ? (size_t)(slash - text.ptr) : text.len;
        if (memchr(text.ptr, ':', len) != NULL)
            return false;
    }
    return are_of_uri(text, ":@/", international);
}

static bool is_uri(struct assay_str text)
{
    return is_uri_of(text, false, false);
}

static bool is_uri_reference(struct assay_str text)
{
    return is_uri_of(text, true, false);
}

static bool is_iri(struct assay_str text)
{
    return is_uri_of(text, false, true);
}

static bool is_iri_reference(struct assay_str text)
{
    return is_uri_of(text, true, true);
}

static bool is_uri_template(struct assay_str text)
{
    bool inside = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == (inside ? '{' : '}') || (unsigned char)c <= ' ' ||
            (!inside && memchr("\"'<>\\^`|", c, 8) != NULL))
            return false;
        if (c == '}' && i > 0 && text.ptr[i - 1] == '{')
            return false;
        inside = c == '{' || (inside && c != '}');
    }
    return !inside;
}

/* Pointers. */

static bool is_json_pointer(struct assay_str text)
{
    if (text.len > 0 && text.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~' &&
            (i + 1 == text.len || (text.ptr[i + 1] != '0' && text.ptr[i + 1] != '1')))
            return false;
    return true;
}

static bool is_relative_json_pointer(struct assay_str text)
{
    size_t n = 0;
    while (n < text.len && is_digit(text.ptr[n]))
        n++;
    if (n == 0 || (n > 1 && text.ptr[0] == '0'))
        return false;
    return (n + 1 == text.len && text.ptr[n] == '#') || is_json_pointer(rest(text, n));
}

static bool is_regex(struct assay_str text)
{
    struct assay_regex *regex;
    bool good =
        assay_regex_new(text, ASSAY_REGEX_NO_DFA | ASSAY_REGEX_NO_JIT, &regex, NULL) == ASSAY_OK;
    assay_regex_free(regex);
    return good;
}

bool assay_schema_text_format_holds(struct assay_str format, struct assay_str text)
{
    static const struct {
        const char *name;
        bool (*holds)(struct assay_str text);
    } rows[] = {
        {"date-time", is_date_time},
        {"date", is_date},
        {"time", is_time},
        {"duration", is_duration},
        {"email", is_email},
        {"idn-email", is_idn_email},
        {"hostname", is_hostname},
        {"idn-hostname", is_idn_hostname},
        {"ipv4", is_ipv4},
        {"ipv6", is_ipv6},
        {"uri", is_uri},
        {"uri-reference", is_uri_reference},
        {"iri", is_iri},
        {"iri-reference", is_iri_reference},
        {"uuid", assay_format_is_uuid},
        {"uri-template", is_uri_template},
        {"json-pointer", is_json_pointer},
        {"relative-json-pointer", is_relative_json_pointer},
        {"regex", is_regex},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (assay_str_is(format, rows[i].name))
            return rows[i].holds(text);
    return true;
}
