/*
 * Words and numbers of loose dates.
 */
#include "config.h"

#include "base/loose_date_words.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static bool add_token(struct assay_loose_tokens *r, const char *p, size_t len)
{
    if (r->count == (int)ASSAY_LOOSE_TOKENS || len >= sizeof r->items[0].text)
        return false;
    struct assay_loose_token *token = &r->items[r->count++];
    memcpy(token->text, p, len);
    token->text[len] = '\0';
    token->len = len;
    return true;
}

/* A run with several points, or one at its end, comes apart at its points and commas. */
static bool add_parts(struct assay_loose_tokens *r, const char *p, size_t len)
{
    for (size_t from = 0; from < len;) {
        size_t n = 0;
        while (from + n < len && p[from + n] != '.' && p[from + n] != ',')
            n++;
        if (n != 0 && !add_token(r, p + from, n))
            return false;
        from += n;
        if (from < len && !add_token(r, p + from++, 1))
            return false;
    }
    return true;
}

/* One word or number, with the points inside of it. */
static size_t run_length(const char *p, size_t room, bool *letters, size_t *points)
{
    bool word = is_letter(p[0]);
    bool dotted = false;
    size_t n = 1;
    *letters = word;
    *points = 0;
    for (; n < room; n++) {
        char c = p[n], before = p[n - 1];
        if (!dotted && (word ? is_letter(c) : is_digit(c)))
            continue;
        if (!dotted && (c == '.' || (!word && c == ',' && n >= 2))) {
            dotted = true;
            *points += c == '.';
            continue;
        }
        if (!dotted)
            break;
        if (c == '.')
            ++*points;
        else if (is_letter(c) && (word || before == '.')) {
            word = true;
            *letters = true;
        } else if (is_digit(c) && (!word || before == '.'))
            word = false;
        else
            break;
    }
    return n;
}

bool assay_loose_tokenize(struct assay_str text, struct assay_loose_tokens *r)
{
    r->count = 0;
    for (size_t i = 0; i < text.len;) {
        const char *p = text.ptr + i;
        bool letters = false;
        size_t points = 0, n = 1;
        bool ok;
        if (*p == '\0') {
            i++;
            continue;
        }
        if (is_letter(*p) || is_digit(*p)) {
            n = run_length(p, text.len - i, &letters, &points);
            bool dotted = memchr(p, '.', n) != NULL || memchr(p, ',', n) != NULL;
            bool ends = p[n - 1] == '.' || p[n - 1] == ',';
            ok =
                dotted && (letters || points > 1 || ends) ? add_parts(r, p, n) : add_token(r, p, n);
            char *comma =
                ok && dotted && points == 0 ? strchr(r->items[r->count - 1].text, ',') : NULL;
            if (comma != NULL && comma[1] != '\0')
                *comma = '.';
        } else
            ok = add_token(r, is_space(*p) ? " " : p, 1);
        if (!ok)
            return false;
        i += n;
    }
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool assay_loose_is_word(const char *text, const char *word)
{
    while (*word != '\0' && lower(*text) == *word) {
        text++;
        word++;
    }
    return *word == '\0' && *text == '\0';
}

/* The index of a word in a table whose rows are "a b c"; -1. */
static int find_word(const char *text, const char *const *rows, int count)
{
    for (int i = 0; i < count; i++) {
        const char *p = rows[i];
        while (*p != '\0') {
            char word[16];
            size_t n = strcspn(p, " ");
            memcpy(word, p, n);
            word[n] = '\0';
            if (assay_loose_is_word(text, word))
                return i;
            p += n + (p[n] == ' ');
        }
    }
    return -1;
}

bool assay_loose_is_jump(const char *text)
{
    static const char *const rows[] = {". , ; - / ' at on and ad m t of st nd rd th"};
    return (text[0] == ' ' && text[1] == '\0') || find_word(text, rows, 1) == 0;
}

int assay_loose_month(const char *text)
{
    static const char *const rows[] = {"jan january", "feb february", "mar march",
                                       "apr april",   "may",          "jun june",
                                       "jul july",    "aug august",   "sep sept september",
                                       "oct october", "nov november", "dec december"};
    return find_word(text, rows, 12) + 1;
}

int assay_loose_weekday(const char *text)
{
    static const char *const rows[] = {"mon monday",   "tue tuesday", "wed wednesday",
                                       "thu thursday", "fri friday",  "sat saturday",
                                       "sun sunday"};
    return find_word(text, rows, 7);
}

int assay_loose_unit(const char *text)
{
    static const char *const rows[] = {"h hour hours", "m minute minutes", "s second seconds"};
    return find_word(text, rows, 3);
}

int assay_loose_half(const char *text)
{
    static const char *const rows[] = {"am a", "pm p"};
    return find_word(text, rows, 2);
}

bool assay_loose_is_utc(const char *text)
{
    return assay_loose_is_word(text, "utc") || assay_loose_is_word(text, "gmt") ||
           assay_loose_is_word(text, "z");
}
