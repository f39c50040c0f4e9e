/*
 * Formats: names of hosts and addresses, numbers with check digits, encodings.
 */
#include "config.h"

#include "metric/formats.h"

#include "base/time.h"

#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all_digits(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return text.len != 0;
}

/* Cuts the text at the first `c`: false, and everything in `head`, where there is none. */
static bool cut(struct assay_str text, char c, struct assay_str *head, struct assay_str *rest)
{
    const char *at = text.len ? memchr(text.ptr, c, text.len) : NULL;
    *head = at ? assay_str(text.ptr, (size_t)(at - text.ptr)) : text;
    *rest = at ? assay_str(at + 1, text.len - head->len - 1) : assay_str("", 0);
    return at != NULL;
}

static bool is_label(struct assay_str label)
{
    if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!is_alpha(label.ptr[i]) && !is_digit(label.ptr[i]) && label.ptr[i] != '-')
            return false;
    return true;
}

static bool is_hostname(struct assay_str text)
{
    struct assay_str label, rest = text;
    bool more = true;
    if (text.len > 253)
        return false;
    while (more) {
        more = cut(rest, '.', &label, &rest);
        if (!is_label(label))
            return false;
    }
    return !all_digits(label);
}

static bool is_ipv4(struct assay_str text)
{
    struct assay_str part, rest = text;
    unsigned parts = 0;
    bool more = true;
    while (more) {
        more = cut(rest, '.', &part, &rest);
        if (!all_digits(part) || part.len > 3 || (part.len > 1 && part.ptr[0] == '0'))
            return false;
        unsigned value = 0;
        for (size_t i = 0; i < part.len; i++)
            value = value * 10 + (unsigned)(part.ptr[i] - '0');
        if (value > 255 || ++parts > 4)
            return false;
    }
    return parts == 4;
}

/* Groups of 16 bits between colons; *groups counts an IPv4 tail as two. */
static bool count_groups(struct assay_str text, bool tail, unsigned *groups)
{
    struct assay_str part, rest = text;
    bool more = text.len != 0;
    *groups = 0;
    while (more) {
        more = cut(rest, ':', &part, &rest);
        if (!more && tail && memchr(part.ptr, '.', part.len) != NULL) {
            *groups += 2;
            return is_ipv4(part);
        }
        if (part.len == 0 || part.len > 4)
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_hex(part.ptr[i]))
                return false;
        if (++*groups > 8)
            return false;
    }
    return true;
}

static bool is_ipv6(struct assay_str text)
{
    unsigned before, after;
    const char *gap = NULL;
    for (size_t i = 0; i + 1 < text.len && gap == NULL; i++)
        if (text.ptr[i] == ':' && text.ptr[i + 1] == ':')
            gap = text.ptr + i;
    if (text.len > 45)
        return false;
    if (gap == NULL)
        return count_groups(text, true, &before) && before == 8;
    struct assay_str head = {text.ptr, (size_t)(gap - text.ptr)};
    struct assay_str tail = {gap + 2, text.len - head.len - 2};
    return count_groups(head, false, &before) && count_groups(tail, true, &after) &&
           before + after <= 7;
}

static bool is_atom_char(char c)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_email(struct assay_str text)
{
    struct assay_str local, domain;
    if (text.len > 254 || !cut(text, '@', &local, &domain) || local.len == 0 || local.len > 64)
        return false;
    for (size_t i = 0; i < local.len; i++) {
        bool inner_dot =
            local.ptr[i] == '.' && i > 0 && i + 1 < local.len && local.ptr[i - 1] != '.';
        if (!is_atom_char(local.ptr[i]) && !inner_dot)
            return false;
    }
    return memchr(domain.ptr, '.', domain.len) != NULL && is_hostname(domain);
}

/* Characters that RFC 3986 allows behind the host, escapes checked. */
static bool is_url_text(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            if (i + 2 >= text.len || !is_hex(text.ptr[i + 1]) || !is_hex(text.ptr[i + 2]))
                return false;
            i += 2;
        } else if (!is_alpha(c) && !is_digit(c) &&
                   (c == '\0' || strchr("-._~:/?#@!$&'()*+,;=", c) == NULL))
            return false;
    }
    return true;
}

static bool is_port(struct assay_str text)
{
    unsigned value = 0;
    if (!all_digits(text) || text.len > 5)
        return false;
    for (size_t i = 0; i < text.len; i++)
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
    return value >= 1 && value <= 65535;
}

/* What stands between `//` and the path: [user@]host[:port]. */
static bool is_authority(struct assay_str text)
{
    struct assay_str user, host = text, port;
    const char *at = text.len ? memrchr(text.ptr, '@', text.len) : NULL;
    if (at != NULL) {
        user = assay_str(text.ptr, (size_t)(at - text.ptr));
        host = assay_str(at + 1, text.len - user.len - 1);
        if (!is_url_text(user) || (user.len && memchr(user.ptr, '@', user.len) != NULL))
            return false;
    }
    if (host.len != 0 && host.ptr[0] == '[') {
        struct assay_str address;
        if (!cut(assay_str(host.ptr + 1, host.len - 1), ']', &address, &port))
            return false;
        if (port.len != 0 && port.ptr[0] != ':')
            return false;
        return is_ipv6(address) &&
               (port.len == 0 || is_port(assay_str(port.ptr + 1, port.len - 1)));
    }
    bool has_port = cut(host, ':', &host, &port);
    return (is_ipv4(host) || is_hostname(host)) && (!has_port || is_port(port));
}

static bool is_url(struct assay_str text)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://"};
    for (size_t s = 0; s < sizeof schemes / sizeof schemes[0]; s++) {
        size_t len = strlen(schemes[s]), end = len;
        if (text.len <= len || strncasecmp(text.ptr, schemes[s], len) != 0)
            continue;
        while (end < text.len && strchr("/?#", text.ptr[end]) == NULL)
            end++;
        struct assay_str rest = {text.ptr + end, text.len - end};
        const char *hash = rest.len ? memchr(rest.ptr, '#', rest.len) : NULL;
        size_t after = hash ? rest.len - (size_t)(hash + 1 - rest.ptr) : 0;
        return is_authority(assay_str(text.ptr + len, end - len)) && is_url_text(rest) &&
               (after == 0 || memchr(hash + 1, '#', after) == NULL);
    }
    return false;
}

bool assay_format_is_uuid(struct assay_str text)
{
    if (text.len != 36)
        return false;
    bool good = true;
    for (size_t i = 0; i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        good &= hyphen ? text.ptr[i] == '-' : is_hex(text.ptr[i]);
    }
    return good;
}

static bool is_time_of(struct assay_str text, unsigned want)
{
    int64_t micros;
    return assay_time_parse_safe(text.ptr, text.len, want, 0, &micros);
}

static bool is_iso8601(struct assay_str text)
{
    return is_time_of(text, ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP | ASSAY_TIME_TIME);
}

static bool is_date(struct assay_str text)
{
    return is_time_of(text, ASSAY_TIME_DATE);
}

static bool is_time(struct assay_str text)
{
    return is_time_of(text, ASSAY_TIME_TIME);
}

static bool is_datetime(struct assay_str text)
{
    return is_time_of(text, ASSAY_TIME_TIMESTAMP);
}

static bool is_credit_card(struct assay_str text)
{
    unsigned sum = 0, digits = 0;
    if (text.len == 0 || text.len > 37 || text.ptr[0] == '0' || !is_digit(text.ptr[0]))
        return false;
    for (size_t i = text.len; i-- > 0;) {
        char c = text.ptr[i];
        if (!is_digit(c)) {
            if ((c != ' ' && c != '-') || i + 1 == text.len || !is_digit(text.ptr[i + 1]))
                return false;
            continue;
        }
        unsigned value = (unsigned)(c - '0') << (digits++ % 2);
        sum += value > 9 ? value - 9 : value;
    }
    return digits >= 12 && digits <= 19 && sum % 10 == 0;
}

/* Takes out the spaces of the printed form, one behind each four; false on any others. */
static bool iban_plain(struct assay_str text, char plain[34], size_t *len)
{
    bool printed = text.len > 4 && text.ptr[4] == ' ';
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (printed && i % 5 == 4) {
            if (c != ' ' || i + 1 == text.len)
                return false;
            continue;
        }
        if (*len == 34 || (!is_digit(c) && !(c >= 'A' && c <= 'Z')))
            return false;
        plain[(*len)++] = c;
    }
    return true;
}

static bool is_iban(struct assay_str text)
{
    char plain[34];
    size_t len;
    if (text.len < 15 || !iban_plain(text, plain, &len) || !is_digit(plain[2]) ||
        !is_digit(plain[3]) || assay_format_iban_length(assay_str(plain, 2)) != len)
        return false;
    unsigned check = (unsigned)(plain[2] - '0') * 10 + (unsigned)(plain[3] - '0');
    unsigned remainder = 0;
    for (size_t i = 0; i < len; i++) {
        char c = plain[(i + 4) % len];
        remainder = is_digit(c) ? remainder * 10 + (unsigned)(c - '0')
                                : remainder * 100 + (unsigned)(c - 'A') + 10;
        remainder %= 97;
    }
    return remainder == 1 && check >= 2 && check <= 98;
}

static bool is_hex_text(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_hex(text.ptr[i]))
            return false;
    return text.len != 0;
}

static bool is_base64(struct assay_str text)
{
    if (text.len == 0 || text.len % 4 != 0)
        return false;
    size_t len = text.len;
    for (unsigned pad = 0; pad < 2 && text.ptr[len - 1] == '='; pad++)
        len--;
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i];
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '/')
            return false;
    }
    return true;
}

static bool is_phone(struct assay_str text)
{
    return text.len >= 3 && text.len <= 16 && text.ptr[0] == '+' && text.ptr[1] != '0' &&
           all_digits(assay_str(text.ptr + 1, text.len - 1));
}

const struct assay_format assay_formats[ASSAY_FORMATS] = {
    [ASSAY_FORMAT_EMAIL] = {is_email, "an e-mail address"},
    [ASSAY_FORMAT_URL] = {is_url, "an http, https or ftp URL"},
    [ASSAY_FORMAT_UUID] = {assay_format_is_uuid, "a UUID"},
    [ASSAY_FORMAT_IPV4] = {is_ipv4, "an IPv4 address"},
    [ASSAY_FORMAT_IPV6] = {is_ipv6, "an IPv6 address"},
    [ASSAY_FORMAT_HOSTNAME] = {is_hostname, "a hostname"},
    [ASSAY_FORMAT_ISO8601] = {is_iso8601, "a date or time in ISO 8601"},
    [ASSAY_FORMAT_DATE] = {is_date, "a date in ISO 8601"},
    [ASSAY_FORMAT_TIME] = {is_time, "a time of day in ISO 8601"},
    [ASSAY_FORMAT_DATETIME] = {is_datetime, "a date and time in ISO 8601"},
    [ASSAY_FORMAT_CREDIT_CARD] = {is_credit_card, "a card number with a valid check digit"},
    [ASSAY_FORMAT_IBAN] = {is_iban, "an IBAN with valid check digits"},
    [ASSAY_FORMAT_COUNTRY_CODE] = {assay_format_is_country, "a country code of ISO 3166-1"},
    [ASSAY_FORMAT_CURRENCY_CODE] = {assay_format_is_currency, "a currency code of ISO 4217"},
    [ASSAY_FORMAT_HEX] = {is_hex_text, "hexadecimal digits"},
    [ASSAY_FORMAT_BASE64] = {is_base64, "base64"},
    [ASSAY_FORMAT_PHONE] = {is_phone, "a phone number in E.164"},
};

const char *const assay_format_names[ASSAY_FORMATS + 1] = {
    [ASSAY_FORMAT_EMAIL] = "email",
    [ASSAY_FORMAT_URL] = "url",
    [ASSAY_FORMAT_UUID] = "uuid",
    [ASSAY_FORMAT_IPV4] = "ipv4",
    [ASSAY_FORMAT_IPV6] = "ipv6",
    [ASSAY_FORMAT_HOSTNAME] = "hostname",
    [ASSAY_FORMAT_ISO8601] = "iso8601",
    [ASSAY_FORMAT_DATE] = "date",
    [ASSAY_FORMAT_TIME] = "time",
    [ASSAY_FORMAT_DATETIME] = "datetime",
    [ASSAY_FORMAT_CREDIT_CARD] = "credit_card",
    [ASSAY_FORMAT_IBAN] = "iban",
    [ASSAY_FORMAT_COUNTRY_CODE] = "country_code",
    [ASSAY_FORMAT_CURRENCY_CODE] = "currency_code",
    [ASSAY_FORMAT_HEX] = "hex",
    [ASSAY_FORMAT_BASE64] = "base64",
    [ASSAY_FORMAT_PHONE] = "phone",
};
