/*
 * Formats: what is one, and what only looks like one.
 */
#include "config.h"

#include "metric/formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Asks about a copy of exact size, so that a sanitizer sees any read outside of it. */
static bool holds(enum assay_format_id id, struct assay_str text)
{
    char *copy = malloc(text.len + 1);
    assert_non_null(copy);
    memcpy(copy + 1, text.ptr, text.len);
    bool answer = assay_formats[id].holds(assay_str(copy + 1, text.len));
    free(copy);
    return answer;
}

static void check(enum assay_format_id id, bool expected, const char *const *texts)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        if (holds(id, assay_cstr(texts[i])) != expected)
            fail_msg("%s: \"%s\" should %sbe one", assay_format_names[id], texts[i],
                     expected ? "" : "not ");
}

#define YES(id, ...) check(ASSAY_FORMAT_##id, true, (const char *const[]){__VA_ARGS__, NULL})
#define NO(id, ...) check(ASSAY_FORMAT_##id, false, (const char *const[]){__VA_ARGS__, NULL})

/* `n` times the same character. */
static const char *times(char c, size_t n)
{
    static char texts[4][400];
    static unsigned next;
    char *text = texts[next++ % 4];
    assert_true(n < sizeof texts[0]);
    memset(text, c, n);
    text[n] = '\0';
    return text;
}

static const char *join(const char *a, const char *b, const char *c)
{
    static char texts[4][900];
    static unsigned next;
    char *text = texts[next++ % 4];
    size_t x = strlen(a), y = strlen(b), z = strlen(c);
    assert_true(x + y + z < sizeof texts[0]);
    memmove(text, a, x); /* a part may be an earlier result */
    memmove(text + x, b, y);
    memmove(text + x + y, c, z + 1);
    return text;
}

static void every_format_has_a_name_a_test_and_words(void **state)
{
    (void)state;
    for (int i = 0; i < ASSAY_FORMATS; i++) {
        assert_non_null(assay_format_names[i]);
        assert_non_null(assay_formats[i].holds);
        assert_non_null(assay_formats[i].what);
    }
    assert_null(assay_format_names[ASSAY_FORMATS]);
}

static void no_format_accepts_the_empty_text_spaces_around_or_a_nul(void **state)
{
    static const char *const good[ASSAY_FORMATS] = {
        [ASSAY_FORMAT_EMAIL] = "a@b.de",
        [ASSAY_FORMAT_URL] = "http://a.de/",
        [ASSAY_FORMAT_UUID] = "123e4567-e89b-12d3-a456-426614174000",
        [ASSAY_FORMAT_IPV4] = "1.2.3.4",
        [ASSAY_FORMAT_IPV6] = "::1",
        [ASSAY_FORMAT_HOSTNAME] = "a.de",
        [ASSAY_FORMAT_ISO8601] = "2026-11-21",
        [ASSAY_FORMAT_DATE] = "2026-11-21",
        [ASSAY_FORMAT_TIME] = "12:00",
        [ASSAY_FORMAT_DATETIME] = "2026-11-21T12:00Z",
        [ASSAY_FORMAT_CREDIT_CARD] = "4111111111111111",
        [ASSAY_FORMAT_IBAN] = "DE89370400440532013000",
        [ASSAY_FORMAT_COUNTRY_CODE] = "DE",
        [ASSAY_FORMAT_CURRENCY_CODE] = "EUR",
        [ASSAY_FORMAT_HEX] = "0f",
        [ASSAY_FORMAT_BASE64] = "QUJD",
        [ASSAY_FORMAT_PHONE] = "+4930123456",
    };
    (void)state;
    for (int i = 0; i < ASSAY_FORMATS; i++) {
        enum assay_format_id id = (enum assay_format_id)i;
        char text[64];
        size_t len = strlen(good[i]);
        assert_true(holds(id, assay_cstr(good[i])));
        assert_false(holds(id, assay_str("", 0)));
        assert_false(holds(id, assay_cstr(join(" ", good[i], ""))));
        assert_false(holds(id, assay_cstr(join(good[i], " ", ""))));
        assert_false(holds(id, assay_cstr(join(good[i], "\n", ""))));
        for (size_t at = 0; at <= len; at++) { /* a NUL anywhere */
            memcpy(text, good[i], at);
            text[at] = '\0';
            memcpy(text + at + 1, good[i] + at, len - at);
            assert_false(holds(id, assay_str(text, len + 1)));
        }
    }
}

static void emails(void **state)
{
    (void)state;
    YES(EMAIL, "a@b.de", "first.last+tag@sub.example.co.uk", "o'neil!#$%&*/=?^_`{|}~@x-y.org",
        "1@2.de");
    NO(EMAIL, "a", "@b.de", "a@", "a@b", "a@@b.de", "a@b@c.de", ".a@b.de", "a.@b.de", "a..b@c.de",
       "a b@c.de", "a@b..de", "a@-b.de", "a@b-.de", "a@b.de.", "a@1.2.3.4", "a@[1.2.3.4]",
       "\"a b\"@c.de", "a@b_c.de", "ä@b.de", "a@bücher.de", "a,b@c.de", "a;b@c.de", "<a@b.de>");
    YES(EMAIL, join(times('a', 64), "@b.de", ""));
    NO(EMAIL, join(times('a', 65), "@b.de", ""));
    NO(EMAIL, join("a@", join(times('b', 63), ".", times('c', 63)),
                   join(".", times('d', 63), join(".", times('e', 63), ".de"))));
}

static void urls(void **state)
{
    (void)state;
    YES(URL, "http://a", "https://example.com/", "HTTPS://Example.com", "ftp://ftp.x.org/a/b.txt",
        "http://user:pw@host:8080/a?b=c&d=%20#e", "http://1.2.3.4:1/", "http://[::1]:65535/x",
        "http://a.de?x", "http://a.de#x", "http://a.de/a;b=(c),d'e!$*+~_-");
    NO(URL, "http:", "http://", "http:///x", "a.de", "//a.de", "mailto:a@b.de",
       "file:///etc/passwd", "javascript://a.de", "http://a b.de", "http://a.de/ b",
       "http://a.de/%2", "http://a.de/%zz", "http://a.de:0/", "http://a.de:65536/", "http://a.de:/",
       "http://a.de:x/", "http://[::1/", "http://[::1]x/", "http://[1.2.3.4]/", "http://-a.de/",
       "http://a..de/", "http://1.2.3.4.5/", "http://a.de/\"", "http://a.de/<b>",
       "http://a.de/#a#b", "http://a.de/ü", "http://a@b@c.de/", "http://a.de/a\\b",
       "http://a.de/a|b", "http://a.de/{b}", "http://a.de/\033[0m");
}

static void uuids(void **state)
{
    (void)state;
    YES(UUID, "123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "00000000-0000-0000-0000-000000000000");
    NO(UUID, "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
       "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
       "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3a-456-426614174000",
       "123e4567_e89b_12d3_a456_426614174000");
}

static void addresses(void **state)
{
    (void)state;
    YES(IPV4, "0.0.0.0", "255.255.255.255", "127.0.0.1");
    NO(IPV4, "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "01.2.3.4", "1.2.3.004",
       "1..2.3", "a.b.c.d", "1.2.3.4/8", "-1.2.3.4", "1.2.3.9999999999", "0x7f.0.0.1", "127.1");
    YES(IPV6, "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "ABCD:EF01::2345",
        "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
        "1:2:3:4::7:8", "64:ff9b::192.0.2.33", "::1.2.3.4");
    NO(IPV6, ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::1",
       "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", ":1:2:3:4:5:6:7",
       "1:2:3:4:5:6:7:", "::1%eth0", "::1/64", "[::1]", "1.2.3.4", "::1.2.3",
       "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::256.1.1.1", "1::2:");
}

static void hostnames(void **state)
{
    (void)state;
    YES(HOSTNAME, "a", "localhost", "example.com", "a-b.c-d.e", "3com.com", "xn--bcher-kva.de",
        "1.2.3.a");
    NO(HOSTNAME, ".", "a.", ".a", "a..b", "-a", "a-", "a_b.de", "a b", "1.2.3.4", "123", "a/b",
       "bücher.de", "*.de");
    YES(HOSTNAME, times('a', 63));
    NO(HOSTNAME, times('a', 64));
    const char *label = times('a', 61);
    const char *four = join(label, ".", join(label, ".", join(label, ".", label)));
    YES(HOSTNAME, join(four, ".", "abcde"));
    NO(HOSTNAME, join(four, ".", "abcdef"));
}

static void dates_and_times(void **state)
{
    (void)state;
    YES(DATE, "2024-02-29", "0001-01-01", "9999-12-31");
    NO(DATE, "2023-02-29", "2024-2-9", "20240229", "29.02.2024", "02/29/2024",
       "2024-02-29T00:00:00", "2024-13-01", "2024-00-10");
    YES(TIME, "00:00", "23:59:59", "12:00:00.123456789");
    NO(TIME, "24:00", "12", "12:60", "12:00:60", "1:00", "12:00Z");
    YES(DATETIME, "2024-02-29T12:00:00Z", "2024-02-29 12:00", "2024-02-29T12:00:00.5+02:00");
    NO(DATETIME, "2024-02-29", "2024-02-30T12:00:00Z", "2024-02-29T24:00:00Z",
       "2024-02-29T23:59:60Z");
    YES(ISO8601, "2024-02-29", "12:00", "2024-02-29T12:00:00Z");
    NO(ISO8601, "2024-W09-4", "2024-060", "Feb 29 2024", "1709164800");
}

static void card_numbers(void **state)
{
    (void)state;
    YES(CREDIT_CARD, "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
        "378282246310005", "3782 822463 10005", "6011111111111117", "5555555555554444",
        "6304000000000000");
    NO(CREDIT_CARD, "4111111111111112", "41111111111", "4111  1111 1111 1111", " 4111111111111111",
       "4111111111111111-", "4111.1111.1111.1111", "0000000000000000", "411111111111111a",
       "4111111111111111111111", "-4111111111111111");
}

static void ibans(void **state)
{
    (void)state;
    YES(IBAN, "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819",
        "FR1420041010050500013M02606", "NO9386011117947", "NO93 8601 1117 947",
        "MT84MALT011000012345MTLCAST001S", "LC55HEMM000100010012001200023015",
        "RU0204452560040702810412345678901");
    NO(IBAN, "DE89370400440532013001", "DE8937040044053201300", "DE893704004405320130000",
       "de89370400440532013000", "DE89 37040044 0532 0130 00", "DE89 3704 0044 0532 0130 00 ",
       "XX89370400440532013000", "US89370400440532013000", "DE89-3704-0044-0532-0130-00",
       "DEAA370400440532013000", "D", "DE", "DE89", "NO9386011117948");
    /* Check digits 00, 01 and 99 are never made, though their remainder may hold. */
    const char *digits[] = {"00", "01", "99"};
    for (int i = 0; i < 3; i++)
        for (int n = 0; n < 97; n++) {
            char text[32];
            snprintf(text, sizeof text, "NO%s%011d", digits[i], n);
            assert_false(holds(ASSAY_FORMAT_IBAN, assay_cstr(text)));
        }
}

static void codes(void **state)
{
    (void)state;
    YES(COUNTRY_CODE, "AD", "ZW", "DE", "GB", "US", "SS", "ABW", "ZWE", "DEU", "USA", "PSE");
    NO(COUNTRY_CODE, "de", "UK", "EU", "XX", "ZZ", "AN", "A", "DEUT", "276", "Deu", "YUG", "ZZZ",
       "AAA", "D\xc3");
    YES(CURRENCY_CODE, "AED", "ZWG", "EUR", "USD", "JPY", "XAU", "XXX", "CHE");
    NO(CURRENCY_CODE, "eur", "DEM", "EU", "EURO", "BTC", "978", "ZZZ", "AAA");
    unsigned pairs = 0, triples = 0, currencies = 0;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++) {
            char text[3] = {a, b, 0};
            pairs += assay_format_is_country(assay_str(text, 2));
            for (char c = 'A'; c <= 'Z'; c++) {
                text[2] = c;
                triples += assay_format_is_country(assay_str(text, 3));
                currencies += assay_format_is_currency(assay_str(text, 3));
            }
        }
    assert_int_equal(pairs, 249);
    assert_int_equal(triples, 249);
    assert_int_equal(currencies, 179);
}

static void encodings(void **state)
{
    (void)state;
    YES(HEX, "0", "deadBEEF", "00112233445566778899aabbccddeeff");
    NO(HEX, "0x0f", "g", "#ffffff", "de ad", "-1");
    YES(BASE64, "QQ==", "QUI=", "QUJD", "+/+/", "AAAAAAAA");
    NO(BASE64, "QQ", "QQ=", "Q===", "====", "QQ==QQ==", "QUJD\n", "Q-_D", "QUJD=", "=QQ=", "QU J");
    YES(PHONE, "+12", "+4930123456", "+123456789012345");
    NO(PHONE, "+1", "+", "4930123456", "+0123456", "+1234567890123456", "+49 30 123456",
       "+49-30-123", "0049301234", "+49301234a", "++4930");
}

static void json_documents(void **state)
{
    static const char *const good[] = {"null",
                                       "true",
                                       "false",
                                       "0",
                                       "-0",
                                       "1.5e+10",
                                       "1E-5",
                                       "\"\"",
                                       "\"\\u00e4\\n\\\\\"",
                                       "[]",
                                       "{}",
                                       " [ 1 , { \"a\" : [ ] } , \"x\" ] ",
                                       "{\"a\":{\"b\":{}}}",
                                       "\"\xc3\xa4\"",
                                       "\"\\ud800\"",
                                       "[[[[]]]]",
                                       "\t\r\n1 ",
                                       "1e400",
                                       NULL};
    static const char *const bad[] = {"",
                                      " ",
                                      "nul",
                                      "nulll",
                                      "True",
                                      "NaN",
                                      "Infinity",
                                      "-",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "1e+",
                                      "0x10",
                                      "'a'",
                                      "\"",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\t\"",
                                      "[",
                                      "]",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "[1]]",
                                      "{",
                                      "}",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{1:2}",
                                      "{\"a\":1 \"b\":2}",
                                      "[}",
                                      "{]",
                                      "1 2",
                                      "{}{}",
                                      "// x\n1",
                                      "\"\xc3\"",
                                      "\"\xed\xa0\x80\"",
                                      "\xef\xbb\xbf{}",
                                      "[1}",
                                      "{\"a\":1]",
                                      NULL};
    (void)state;
    for (size_t i = 0; good[i] != NULL; i++)
        if (!assay_format_is_json(assay_cstr(good[i])))
            fail_msg("should be JSON: %s", good[i]);
    for (size_t i = 0; bad[i] != NULL; i++)
        if (assay_format_is_json(assay_cstr(bad[i])))
            fail_msg("should not be JSON: %s", bad[i]);
    assert_false(assay_format_is_json(assay_str("\"\0\"", 3)));
}

static void json_is_nested_so_deep_and_no_deeper(void **state)
{
    size_t most = ASSAY_FORMAT_JSON_DEPTH;
    char *text = malloc(2 * most + 2);
    (void)state;
    assert_non_null(text);
    memset(text, '[', most);
    memset(text + most, ']', most);
    assert_true(assay_format_is_json(assay_str(text, 2 * most)));
    assert_false(assay_format_is_json(assay_str(text, 2 * most - 1)));
    memset(text, '[', most + 1);
    memset(text + most + 1, ']', most + 1);
    assert_false(assay_format_is_json(assay_str(text, 2 * most + 2)));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_has_a_name_a_test_and_words),
        cmocka_unit_test(no_format_accepts_the_empty_text_spaces_around_or_a_nul),
        cmocka_unit_test(emails),
        cmocka_unit_test(urls),
        cmocka_unit_test(uuids),
        cmocka_unit_test(addresses),
        cmocka_unit_test(hostnames),
        cmocka_unit_test(dates_and_times),
        cmocka_unit_test(card_numbers),
        cmocka_unit_test(ibans),
        cmocka_unit_test(codes),
        cmocka_unit_test(encodings),
        cmocka_unit_test(json_documents),
        cmocka_unit_test(json_is_nested_so_deep_and_no_deeper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
