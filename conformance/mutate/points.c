/* SPDX-License-Identifier: BSD-2-Clause */
/* points.c - where a C text can be changed. It reads tokens, not a grammar: what does not compile afterwards is not counted. */
#include "mutate/mutate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const mutation_operator_names[MUTATE_OPERATORS] = {
    "condition", "boundary", "equality", "logic", "arithmetic", "bits", "constant", "statement", "jump",
};

enum token_kind { WORD, NUMBER, TEXT, PUNCTUATION };

struct token {
    enum token_kind kind;
    size_t first, end;
    uint32_t line;
};

struct scan {
    const char *text;
    size_t length, at;
    uint32_t line;
    struct token *tokens;
    size_t count, room;
};

static bool append(struct scan *s, enum token_kind kind, size_t first, size_t end)
{
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 1024;
        struct token *tokens = realloc(s->tokens, room * sizeof *tokens);

        if (!tokens)
            return false;
        s->tokens = tokens;
        s->room = room;
    }
    s->tokens[s->count++] = (struct token){kind, first, end, s->line};
    s->at = end;
    return true;
}

static bool starts(const struct scan *s, const char *what)
{
    size_t n = strlen(what);

    return s->length - s->at >= n && !memcmp(s->text + s->at, what, n);
}

static void skip_to(struct scan *s, size_t at)
{
    for (; s->at < at && s->at < s->length; s->at++)
        s->line += s->text[s->at] == '\n';
}

static void skip_comment(struct scan *s)
{
    size_t at = s->at + 2;

    if (s->text[s->at + 1] == '/')
        while (at < s->length && s->text[at] != '\n')
            at++;
    else {
        while (at + 1 < s->length && (s->text[at] != '*' || s->text[at + 1] != '/'))
            at++;
        at += 2;
    }
    skip_to(s, at);
}

/* Of the preprocessor only what a #define stands for is code. */
static void skip_directive(struct scan *s)
{
    static const char define[] = "#define ";
    size_t at = s->at;

    if (starts(s, define)) {
        at += sizeof define - 1;
        while (at < s->length && (isalnum((unsigned char)s->text[at]) || s->text[at] == '_'))
            at++;
        if (at < s->length && s->text[at] == '(')
            while (at < s->length && s->text[at] != ')' && s->text[at] != '\n')
                at++;
        at += at < s->length && s->text[at] == ')';
    } else {
        while (at < s->length && (s->text[at] != '\n' || s->text[at - 1] == '\\'))
            at++;
    }
    skip_to(s, at);
}

static size_t quoted_end(const struct scan *s)
{
    size_t at = s->at + 1;

    while (at < s->length && s->text[at] != s->text[s->at] && s->text[at] != '\n')
        at += s->text[at] == '\\' ? 2 : 1;
    return at < s->length ? at + 1 : s->length;
}

static size_t punctuation_end(const struct scan *s)
{
    static const char *const long_ones[] = {"<<=", ">>=", "...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
                                            "++",  "--",  "->",  "+=", "-=", "*=", "/=", "&=", "|=", "^=", "##"};

    for (size_t i = 0; i < sizeof long_ones / sizeof long_ones[0]; i++)
        if (starts(s, long_ones[i]))
            return s->at + strlen(long_ones[i]);
    return s->at + 1;
}

static bool tokenise(struct scan *s)
{
    while (s->at < s->length) {
        unsigned char c = (unsigned char)s->text[s->at];
        size_t end = s->at;
        bool ok = true;

        if (isspace(c) || c == '\\')
            skip_to(s, s->at + 1);
        else if (starts(s, "/*") || starts(s, "//"))
            skip_comment(s);
        else if (c == '#' && (s->at == 0 || s->text[s->at - 1] == '\n'))
            skip_directive(s);
        else if (c == '"' || c == '\'')
            ok = append(s, TEXT, s->at, quoted_end(s));
        else if (isalnum(c) || c == '_') {
            while (end < s->length && (isalnum((unsigned char)s->text[end]) || s->text[end] == '_'))
                end++;
            ok = append(s, isdigit(c) ? NUMBER : WORD, s->at, end);
        } else
            ok = append(s, PUNCTUATION, s->at, punctuation_end(s));
        if (!ok)
            return false;
    }
    return true;
}

/* ---- tokens to mutations ---- */

static bool is(const struct scan *s, size_t i, const char *what)
{
    size_t n = strlen(what);

    return i < s->count && s->tokens[i].end - s->tokens[i].first == n && !memcmp(s->text + s->tokens[i].first, what, n);
}

static bool is_one_of(const struct scan *s, size_t i, const char *const *words)
{
    for (; *words; words++)
        if (is(s, i, *words))
            return true;
    return false;
}

static bool add(struct mutation_list *list, const struct scan *s, enum mutation_operator operator, size_t first, size_t last,
                uint32_t file, const char *replacement, bool wrap)
{
    struct mutation *m;

    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 1024;
        struct mutation *items = realloc(list->items, room * sizeof *items);

        if (!items)
            return false;
        list->items = items;
        list->room = room;
    }
    m = &list->items[list->count++];
    *m = (struct mutation){.operator= operator,
                           .file = file,
                           .line = s->tokens[first].line,
                           .first = s->tokens[first].first,
                           .end = s->tokens[last].end,
                           .wrap = wrap};
    snprintf(m->replacement, sizeof m->replacement, "%s", replacement);
    return true;
}

/* Index of the bracket that closes the one at `open`, or count. */
static size_t closing(const struct scan *s, size_t open)
{
    uint32_t depth = 0;

    for (size_t i = open; i < s->count; i++) {
        if (is(s, i, "("))
            depth++;
        if (is(s, i, ")") && --depth == 0)
            return i;
    }
    return s->count;
}

static const struct {
    const char *from, *to;
    enum mutation_operator operator;
    bool binary; /* only between two operands */
} exchanges[] = {
    {"<", "<=", MUTATE_BOUNDARY, true},     {"<=", "<", MUTATE_BOUNDARY, true},     {">", ">=", MUTATE_BOUNDARY, true},
    {">=", ">", MUTATE_BOUNDARY, true},     {"==", "!=", MUTATE_EQUALITY, true},    {"!=", "==", MUTATE_EQUALITY, true},
    {"&&", "||", MUTATE_LOGIC, true},       {"||", "&&", MUTATE_LOGIC, true},       {"!", "", MUTATE_LOGIC, false},
    {"true", "false", MUTATE_LOGIC, false}, {"false", "true", MUTATE_LOGIC, false}, {"+", "-", MUTATE_ARITHMETIC, true},
    {"-", "+", MUTATE_ARITHMETIC, true},    {"<<", ">>", MUTATE_ARITHMETIC, true},  {">>", "<<", MUTATE_ARITHMETIC, true},
    {"++", "--", MUTATE_ARITHMETIC, false}, {"--", "++", MUTATE_ARITHMETIC, false}, {"+=", "-=", MUTATE_ARITHMETIC, true},
    {"-=", "+=", MUTATE_ARITHMETIC, true},  {"&", "|", MUTATE_BITS, true},          {"|", "&", MUTATE_BITS, true},
    {"~", "", MUTATE_BITS, false},          {"&=", "|=", MUTATE_BITS, true},        {"|=", "&=", MUTATE_BITS, true},
};

static bool operand_before(const struct scan *s, size_t i)
{
    return i > 0 && (s->tokens[i - 1].kind == WORD || s->tokens[i - 1].kind == NUMBER || is(s, i - 1, ")") || is(s, i - 1, "]"));
}

static bool add_exchange(struct mutation_list *list, const struct scan *s, size_t i, uint32_t file)
{
    for (size_t k = 0; k < sizeof exchanges / sizeof exchanges[0]; k++)
        if (is(s, i, exchanges[k].from) && (!exchanges[k].binary || operand_before(s, i)))
            return add(list, s, exchanges[k].operator, i, i, file, exchanges[k].to, false);
    return true;
}

static bool add_condition(struct mutation_list *list, const struct scan *s, size_t i, uint32_t file)
{
    size_t close;

    if (!(is(s, i, "if") || is(s, i, "while")) || !is(s, i + 1, "("))
        return true;
    close = closing(s, i + 1);
    if (close == s->count)
        return true;
    return add(list, s, MUTATE_CONDITION, i + 1, close, file, "!", true) &&
           add(list, s, MUTATE_CONDITION, i + 1, close, file, "1 || ", true) &&
           add(list, s, MUTATE_CONDITION, i + 1, close, file, "0 && ", true);
}

static bool add_constant(struct mutation_list *list, const struct scan *s, size_t i, uint32_t file)
{
    const struct token *token = &s->tokens[i];
    size_t n = token->end - token->first;
    char more[40];

    if (token->kind != NUMBER || n > 30)
        return true;
    snprintf(more, sizeof more, "(%.*s + 1)", (int)n, s->text + token->first);
    if (!add(list, s, MUTATE_CONSTANT, i, i, file, more, false))
        return false;
    return strtoull(s->text + token->first, NULL, 0) == 0 || add(list, s, MUTATE_CONSTANT, i, i, file, "0", false);
}

static bool statement_begins(const struct scan *s, size_t i)
{
    static const char *const before[] = {";", "{", "}", ")", "else", ":", NULL};

    return i > 0 && is_one_of(s, i - 1, before);
}

/* A call or an assignment, from its first word to its semicolon: no declaration, no label, no keyword. */
static bool add_statement(struct mutation_list *list, const struct scan *s, size_t i, uint32_t file)
{
    static const char *const keywords[] = {"return", "if",     "else", "for",   "while", "do",     "switch", "case", "default",
                                           "goto",   "sizeof", "enum", "const", "break", "struct", "static", NULL};
    static const char *const next[] = {"(", "=", "->", ".", "[", "++", "--", "+=", "-=", "|=", "&=", "^=", "<<=", ">>=", NULL};
    int32_t depth = 0;
    size_t end;

    if (!statement_begins(s, i))
        return true;
    if ((is(s, i, "break") || is(s, i, "continue") || is(s, i, "return")) && is(s, i + 1, ";"))
        return add(list, s, MUTATE_JUMP, i, i, file, "", false);
    if (s->tokens[i].kind != WORD || is_one_of(s, i, keywords) || !is_one_of(s, i + 1, next))
        return true;
    for (end = i; end < s->count && !(depth == 0 && is(s, end, ";")); end++) {
        depth +=
            (is(s, end, "(") || is(s, end, "[") || is(s, end, "{")) - (is(s, end, ")") || is(s, end, "]") || is(s, end, "}"));
        if (depth < 0 || (depth == 0 && is(s, end, "{")))
            return true;
    }
    return end == s->count || add(list, s, MUTATE_STATEMENT, i, end, file, ";", false);
}

/* A trace probe says what happened and decides nothing: VTD_PROBE(...) and the like. */
static bool is_probe(const struct scan *s, size_t i)
{
    static const char name[] = "PROBE";
    const struct token *token = &s->tokens[i];
    size_t length = token->end - token->first, tail = sizeof name - 1;

    return token->kind == WORD && length >= tail && !memcmp(s->text + token->end - tail, name, tail) && is(s, i + 1, "(");
}

bool mutate_find(const char *text, size_t length, uint32_t file, struct mutation_list *list)
{
    struct scan s = {.text = text, .length = length, .line = 1};
    bool ok = tokenise(&s);

    for (size_t i = 0; ok && i < s.count; i++) {
        if (is_probe(&s, i))
            i = closing(&s, i + 1);
        else
            ok = add_exchange(list, &s, i, file) && add_condition(list, &s, i, file) && add_constant(list, &s, i, file) &&
                 add_statement(list, &s, i, file);
    }
    free(s.tokens);
    return ok;
}

char *mutate_apply(const char *text, size_t length, const struct mutation *m)
{
    size_t room = length + sizeof m->replacement + 8;
    char *out = malloc(room);

    if (!out)
        return NULL;
    if (m->wrap)
        snprintf(out, room, "%.*s(%s(%.*s))%s", (int)m->first, text, m->replacement, (int)(m->end - m->first - 2),
                 text + m->first + 1, text + m->end);
    else
        snprintf(out, room, "%.*s%s%s", (int)m->first, text, m->replacement, text + m->end);
    return out;
}

static size_t copy_folded(const char *text, size_t length, char *out, size_t out_bytes)
{
    size_t used = 0;

    for (size_t i = 0; i < length && used + 1 < out_bytes; i++)
        if (!isspace((unsigned char)text[i]))
            out[used++] = text[i];
        else if (used && out[used - 1] != ' ')
            out[used++] = ' ';
    out[used] = '\0';
    return used;
}

void mutate_describe(const char *text, size_t length, const struct mutation *m, char *out, size_t out_bytes)
{
    char before[64];
    (void)length;

    copy_folded(text + m->first, m->end - m->first, before, sizeof before);
    snprintf(out, out_bytes, "%s: \"%s\" becomes \"%s%s\"", mutation_operator_names[m->operator], before, m->wrap ? "(" : "",
             m->wrap && m->replacement[0] == '!' ? "!...)" : m->wrap && m->replacement[0] == '1' ? "true)" :
             m->wrap ? "false)" : m->replacement);
}
