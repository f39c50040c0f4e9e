/*
 * A bump allocator over a list of growing blocks.
 */
#include "config.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_FIRST 4096u
#define ARENA_ALIGN 16u
#define ARENA_WIDE 64u

struct assay_arena_block {
    struct assay_arena_block *next;
    size_t size;
    char *data; /* aligned to ARENA_WIDE, behind this header */
};

void assay_arena_init(struct assay_arena *arena, size_t limit)
{
    *arena = (struct assay_arena){.limit = limit};
}

static struct assay_arena_block *add_block(struct assay_arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : ARENA_FIRST;
    if (size > (size_t)1 << 20)
        size = (size_t)1 << 20;
    if (size < arena->hint)
        size = arena->hint;
    if (size < need)
        size = need;
    size_t whole = sizeof(struct assay_arena_block) + ARENA_WIDE + size;
    if (whole < size || (arena->limit && whole > arena->limit - arena->total))
        return NULL;
    struct assay_arena_block *block = malloc(whole);
    if (block == NULL)
        return NULL;
    uintptr_t at = (uintptr_t)(block + 1);
    block->data = (char *)((at + ARENA_WIDE - 1) & ~(uintptr_t)(ARENA_WIDE - 1));
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->used = 0;
    arena->total += whole;
    return block;
}

static void *take(struct assay_arena *arena, size_t size, size_t align)
{
    struct assay_arena_block *block = arena->blocks;
    size_t from = (arena->used + align - 1) & ~(align - 1);
    if (block == NULL || from > block->size || size > block->size - from) {
        block = size > SIZE_MAX / 4 ? NULL : add_block(arena, size);
        if (block == NULL) {
            arena->failed = true;
            return NULL;
        }
        from = 0;
    }
    arena->used = from + size;
    return block->data + from;
}

void *assay_arena_alloc(struct assay_arena *arena, size_t size)
{
    void *p = take(arena, size ? size : 1, ARENA_ALIGN);
    if (p != NULL)
        memset(p, 0, size);
    return p;
}

void *assay_arena_array(struct assay_arena *arena, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole))
        return NULL;
    return assay_arena_alloc(arena, whole);
}

void *assay_arena_scratch(struct assay_arena *arena, size_t size)
{
    return take(arena, size ? size : 1, ARENA_WIDE);
}

char *assay_arena_strdup(struct assay_arena *arena, struct assay_str text)
{
    char *copy = take(arena, text.len + 1, 1);
    if (copy == NULL)
        return NULL;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *assay_arena_printf(struct assay_arena *arena, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    char *text = n < 0 ? NULL : take(arena, (size_t)n + 1, 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

void assay_arena_reset(struct assay_arena *arena)
{
    arena->used = 0;
    if (arena->blocks == NULL || arena->blocks->next == NULL)
        return;
    size_t held = 0;
    for (struct assay_arena_block *b = arena->blocks; b != NULL; b = b->next)
        held += b->size;
    assay_arena_free(arena);
    arena->hint = held;
}

void assay_arena_free(struct assay_arena *arena)
{
    struct assay_arena_block *next;
    for (struct assay_arena_block *b = arena->blocks; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    assay_arena_init(arena, arena->limit);
}
