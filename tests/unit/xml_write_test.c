/*
 * The XML writer: layout, escaping, and calls out of order.
 */
#include "config.h"

#include "base/xml_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static struct assay_buf buf;
static struct assay_xml xml;

static void start(void)
{
    assay_buf_free(&buf);
    assay_buf_init(&buf, 1 << 16);
    assay_xml_init(&xml, &buf);
}

static void gives(const char *expected)
{
    assert_true(assay_xml_finish(&xml));
    assert_string_equal(buf.ptr, expected);
}

static void elements_are_indented_and_texts_are_not(void **state)
{
    (void)state;
    start();
    assay_xml_begin(&xml, "suite");
    assay_xml_attr_uint(&xml, "tests", 2);
    assay_xml_begin(&xml, "case");
    assay_xml_attr_cstr(&xml, "name", "a");
    assay_xml_end(&xml);
    assay_xml_begin(&xml, "case");
    assay_xml_begin(&xml, "failure");
    assay_xml_text(&xml, ASSAY_STR("one\ntwo"));
    assay_xml_end(&xml);
    assay_xml_end(&xml);
    assay_xml_end(&xml);
    gives(HEAD "\n<suite tests=\"2\">\n  <case name=\"a\"/>\n  <case>\n"
               "    <failure>one\ntwo</failure>\n  </case>\n</suite>\n");
}

static void escapes_as(struct assay_str text, bool attribute, const char *expected)
{
    assay_buf_free(&buf);
    assay_buf_init(&buf, 4096);
    assay_xml_escape(&buf, text, attribute);
    assert_string_equal(buf.ptr, expected);
}

static void special_characters_become_entities(void **state)
{
    (void)state;
    escapes_as(ASSAY_STR("<a href=\"x\">'&"), false, "&lt;a href=&quot;x&quot;&gt;&apos;&amp;");
    escapes_as(ASSAY_STR("]]>"), false, "]]&gt;");
    escapes_as(ASSAY_STR("\t\n\r"), true, "&#9;&#10;&#13;");
    escapes_as(ASSAY_STR("\t\n\r"), false, "\t\n&#13;");
}

static void what_xml_forbids_is_shown(void **state)
{
    (void)state;
    escapes_as(assay_str("\0\x1b[2J", 5), false, "\\x00\\x1b[2J");
    escapes_as(ASSAY_STR("\xEF\xBF\xBF\xEF\xBF\xBE"), true, "\\uffff\\ufffe");
    escapes_as(ASSAY_STR("\xff\xED\xA0\x80"), true, "\\xff\\xed\\xa0\\x80");
    escapes_as(ASSAY_STR("\xC2\x9B\x7f\xE2\x80\xAE"), false, "\\u009b\\x7f\\u202e");
    escapes_as(ASSAY_STR("\xC3\xBC\xF0\x9F\x98\x80"), false, "\xC3\xBC\xF0\x9F\x98\x80");
}

static void mistakes_are_told_at_the_end(void **state)
{
    (void)state;
    start();
    assert_false(assay_xml_finish(&xml)); /* no element */
    start();
    assay_xml_begin(&xml, "a");
    assert_false(assay_xml_finish(&xml)); /* still open */
    start();
    assay_xml_begin(&xml, "a");
    assay_xml_text(&xml, ASSAY_STR("x"));
    assay_xml_attr_cstr(&xml, "late", "1");
    assay_xml_end(&xml);
    assert_false(assay_xml_finish(&xml));
    start();
    assay_xml_begin(&xml, "a");
    assay_xml_end(&xml);
    assay_xml_begin(&xml, "b"); /* a second root */
    assert_true(xml.failed);
    start();
    for (int i = 0; i <= ASSAY_XML_DEPTH; i++)
        assay_xml_begin(&xml, "deep");
    assert_true(xml.failed);
}

static int clean(void **state)
{
    (void)state;
    assay_buf_free(&buf);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_indented_and_texts_are_not),
        cmocka_unit_test(special_characters_become_entities),
        cmocka_unit_test(what_xml_forbids_is_shown),
        cmocka_unit_test(mistakes_are_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
