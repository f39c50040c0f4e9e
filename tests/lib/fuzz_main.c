/*
 * Runs a fuzz target without a fuzzer, as a test: each file of its corpus, then
 * mutations of them from a fixed seed, so that every run tries the same inputs.
 *
 * The target is named by the program: tests/fuzz/csv_fuzz reads
 * $srcdir/tests/fuzz/corpus/csv. FUZZ_RUNS sets the number of mutations (20000),
 * FUZZ_MAX_SECONDS when to stop all the same (5). An argument is a file to run alone.
 * When the target aborts, the input is left in <target>.crash.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/stat.h>

#define INPUT_MAX 4096
#define SEEDS_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct input {
    uint8_t *data;
    size_t size;
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count;
static struct input current;
static char crash_path[256];
static uint64_t random_state = 0x9e3779b97f4a7c15u;

/* xorshift64*: any generator would do that gives the same numbers everywhere. */
static uint32_t random_below(uint32_t bound)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return bound == 0 ? 0 : (uint32_t)((random_state * 0x2545f4914f6cdd1du) >> 33) % bound;
}

static void save_current(void)
{
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        return;
    if (write(fd, current.data, current.size) == (ssize_t)current.size)
        fprintf(stderr, "the input is in %s\n", crash_path);
    close(fd);
}

static void on_signal(int number)
{
    save_current();
    signal(number, SIG_DFL);
    raise(number);
}

/* Hands over a copy of exactly the size, so that a sanitizer sees any read past it. */
static void run_one(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    current.data = copy;
    current.size = size;
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int read_input(const char *path, struct input *input)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        if (file != NULL)
            fclose(file);
        return -1;
    }
    input->size = (size_t)status.st_size;
    input->data = malloc(input->size > 0 ? input->size : 1);
    if (input->data == NULL)
        abort();
    size_t got = fread(input->data, 1, input->size, file);
    fclose(file);
    return got == input->size ? 0 : -1;
}

static void read_corpus(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096 + 260];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (seed_count < SEEDS_MAX && read_input(path, &seeds[seed_count]) == 0)
            seed_count++;
        free(entries[i]);
    }
    free(entries);
}

static size_t mutate_once(uint8_t *data, size_t size)
{
    static const char telling[] = "\",\n\r'\\;:{}[]()0123456789-+.eE \t#&*|<>%_\xff\xc3\xe2";
    uint32_t at = random_below((uint32_t)size);
    uint32_t span = 1 + random_below(16);
    switch (random_below(7)) {
    case 0: /* flip a bit */
        if (size > 0)
            data[at] ^= (uint8_t)(1u << random_below(8));
        return size;
    case 1: /* put a byte that means something to a parser */
        if (size > 0)
            data[at] = (uint8_t)telling[random_below(sizeof(telling) - 1)];
        return size;
    case 2: /* insert one */
        if (size >= INPUT_MAX)
            return size;
        memmove(data + at + 1, data + at, size - at);
        data[at] = (uint8_t)telling[random_below(sizeof(telling) - 1)];
        return size + 1;
    case 3: /* cut some out */
        if (span > size - at)
            span = (uint32_t)(size - at);
        memmove(data + at, data + at + span, size - at - span);
        return size - span;
    case 4: /* say some twice */
        if (span > size - at)
            span = (uint32_t)(size - at);
        if (size + span > INPUT_MAX)
            return size;
        memmove(data + at + span, data + at, size - at);
        return size + span;
    case 5: /* splice in the end of another */
        if (seed_count > 0) {
            const struct input *other = &seeds[random_below((uint32_t)seed_count)];
            uint32_t from = random_below((uint32_t)other->size);
            size_t length = other->size - from;
            if (length > INPUT_MAX - at)
                length = INPUT_MAX - at;
            memcpy(data + at, other->data + from, length);
            return at + length;
        }
        return size;
    default: /* cut the end off */ return at;
    }
}

static size_t run_mutations(size_t runs, double seconds)
{
    static uint8_t data[INPUT_MAX + 1];
    struct timespec start;
    struct timespec now;
    size_t done = 0;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (; done < runs; done++) {
        size_t size = 0;
        if (seed_count > 0) {
            const struct input *seed = &seeds[random_below((uint32_t)seed_count)];
            size = seed->size < INPUT_MAX ? seed->size : INPUT_MAX;
            memcpy(data, seed->data, size);
        }
        for (uint32_t steps = 1 + random_below(8); steps > 0; steps--)
            size = mutate_once(data, size);
        run_one(data, size);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 >
            seconds)
            break;
    }
    return done;
}

static void name_target(const char *program, char *target, size_t size)
{
    const char *base = strrchr(program, '/');
    snprintf(target, size, "%s", base != NULL ? base + 1 : program);
    size_t length = strlen(target);
    if (length > 5 && strcmp(target + length - 5, "_fuzz") == 0)
        target[length - 5] = '\0';
}

int main(int argc, char **argv)
{
    char target[128];
    char folder[4096];
    const char *srcdir = getenv("srcdir");
    const char *runs = getenv("FUZZ_RUNS");
    const char *seconds = getenv("FUZZ_MAX_SECONDS");

    name_target(argv[0], target, sizeof(target));
    snprintf(crash_path, sizeof(crash_path), "%s.crash", target);
    signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(save_current);
    else
        signal(SIGSEGV, on_signal);

    if (argc > 1) {
        struct input input;
        for (int i = 1; i < argc; i++) {
            if (read_input(argv[i], &input) != 0) {
                fprintf(stderr, "%s cannot be read\n", argv[i]);
                return 1;
            }
            run_one(input.data, input.size);
            free(input.data);
        }
        return 0;
    }

    snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".",
             target);
    read_corpus(folder);
    printf("1..2\n");
    run_one((const uint8_t *)"", 0);
    for (size_t i = 0; i < seed_count; i++)
        run_one(seeds[i].data, seeds[i].size);
    printf("ok 1 - %s: corpus of %zu\n", target, seed_count);
    fflush(stdout);
    size_t done = run_mutations(runs != NULL ? strtoul(runs, NULL, 10) : 20000,
                                seconds != NULL ? (double)strtoul(seconds, NULL, 10) : 5);
    printf("ok 2 - %s: %zu mutations\n", target, done);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].data);
    return 0;
}
