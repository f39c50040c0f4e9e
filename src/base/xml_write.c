/*
 * The XML writer: a stack of names, and an escaper that lets nothing through XML 1.0 forbids.
 */
#include "config.h"

#include "base/xml_write.h"

#include "base/escape.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>

void assay_xml_init(struct assay_xml *xml, struct assay_buf *out)
{
    *xml = (struct assay_xml){.out = out};
    assay_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

static void close_tag(struct assay_xml *xml)
{
    if (xml->in_tag)
        assay_buf_putc(xml->out, '>');
    xml->in_tag = false;
}

static bool holds_text(const struct assay_xml *xml)
{
    return xml->depth > 0 && (xml->with_text >> (xml->depth - 1) & 1);
}

static void new_line(struct assay_xml *xml)
{
    assay_buf_putc(xml->out, '\n');
    for (unsigned i = 0; i < xml->depth; i++)
        assay_buf_puts(xml->out, "  ");
}

void assay_xml_begin(struct assay_xml *xml, const char *name)
{
    bool second_root = xml->depth == 0 && xml->open[0] != NULL;
    if (xml->failed || second_root || xml->depth == ASSAY_XML_DEPTH) {
        xml->failed = true;
        return;
    }
    close_tag(xml);
    if (!holds_text(xml))
        new_line(xml);
    assay_buf_putc(xml->out, '<');
    assay_buf_puts(xml->out, name);
    xml->with_text &= ~((uint32_t)1 << xml->depth);
    xml->open[xml->depth++] = name;
    xml->in_tag = true;
}

void assay_xml_end(struct assay_xml *xml)
{
    if (xml->failed || xml->depth == 0) {
        xml->failed = true;
        return;
    }
    bool text = holds_text(xml);
    const char *name = xml->open[--xml->depth];
    if (xml->in_tag) {
        assay_buf_puts(xml->out, "/>");
        xml->in_tag = false;
        return;
    }
    if (!text)
        new_line(xml);
    assay_buf_puts(xml->out, "</");
    assay_buf_puts(xml->out, name);
    assay_buf_putc(xml->out, '>');
}

void assay_xml_attr(struct assay_xml *xml, const char *name, struct assay_str value)
{
    if (xml->failed || !xml->in_tag) {
        xml->failed = true;
        return;
    }
    assay_buf_putc(xml->out, ' ');
    assay_buf_puts(xml->out, name);
    assay_buf_puts(xml->out, "=\"");
    assay_xml_escape(xml->out, value, true);
    assay_buf_putc(xml->out, '"');
}

void assay_xml_attr_cstr(struct assay_xml *xml, const char *name, const char *value)
{
    assay_xml_attr(xml, name, assay_cstr(value));
}

void assay_xml_attr_uint(struct assay_xml *xml, const char *name, uint64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRIu64, value);
    assay_xml_attr(xml, name, assay_str(text, (size_t)n));
}

void assay_xml_text(struct assay_xml *xml, struct assay_str text)
{
    if (xml->failed || xml->depth == 0) {
        xml->failed = true;
        return;
    }
    if (text.len == 0)
        return;
    close_tag(xml);
    xml->with_text |= (uint32_t)1 << (xml->depth - 1);
    assay_xml_escape(xml->out, text, false);
}

static const char *entity(char c, bool attribute)
{
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&apos;";
    case '\r': return "&#13;";
    case '\t': return attribute ? "&#9;" : "\t";
    case '\n': return attribute ? "&#10;" : "\n";
    default: return NULL;
    }
}

void assay_xml_escape(struct assay_buf *out, struct assay_str text, bool attribute)
{
    size_t used;
    for (size_t at = 0; at < text.len; at += used) {
        const char *named = entity(text.ptr[at], attribute);
        uint32_t rune = 0;
        used = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        bool plain = used > 0 && !assay_escape_is_hidden(rune);
        if (named != NULL) {
            assay_buf_puts(out, named);
        } else if (plain) {
            assay_buf_add(out, text.ptr + at, used);
        } else {
            used = used ? used : 1;
            assay_escape_terminal(out, assay_str(text.ptr + at, used), 0);
        }
    }
}

bool assay_xml_finish(struct assay_xml *xml)
{
    if (xml->depth != 0 || xml->open[0] == NULL)
        xml->failed = true;
    if (!xml->failed)
        assay_buf_putc(xml->out, '\n');
    return !xml->failed && !xml->out->failed;
}
