/*
 * Any bytes as a checkpoint: runs that have a suite, or errors with a position. The first
 * byte says whether the rest is YAML or JSON.
 */
#include "config.h"

#include "suite/checkpoint.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LAW(condition)    \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *folder(void)
{
    static char shared[] = "/dev/shm/assay-fuzz-XXXXXX", disk[] = "/tmp/assay-fuzz-XXXXXX";
    static const char *made;
    if (made == NULL)
        made = mkdtemp(shared) ? shared : mkdtemp(disk);
    LAW(made != NULL);
    return made;
}

__attribute__((destructor)) static void clean_up(void)
{
    rmdir(folder());
}

static void hold(const char *path)
{
    struct assay_diags diags;
    struct assay_suite_request request = {0}, own;
    if (!assay_checkpoint_is(path))
        return;
    assay_diags_init(&diags);
    struct assay_checkpoint *checkpoint = assay_checkpoint_read(path, &request, &diags);
    LAW((checkpoint == NULL) == (diags.errors != 0));
    LAW(checkpoint == NULL || checkpoint->run_count != 0);
    for (uint32_t i = 0; checkpoint != NULL && i < checkpoint->run_count; i++) {
        const struct assay_checkpoint_run *run = &checkpoint->runs[i];
        LAW(run->suite != NULL && (run->error == NULL || run->error->line != 0));
        for (uint32_t s = 0; s < run->source_count; s++)
            LAW(run->sources[s].len != 0);
        LAW(assay_checkpoint_request(checkpoint, run, &request, &own));
    }
    assay_checkpoint_free(checkpoint);
    assay_diags_reset(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[100];
    if (size == 0 || size > 8192)
        return 0;
    snprintf(path, sizeof path, "%s/c.%s", folder(), data[0] % 2 ? "yml" : "json");
    FILE *file = fopen(path, "w");
    LAW(file != NULL && fwrite(data + 1, 1, size - 1, file) == size - 1 && fclose(file) == 0);
    hold(path);
    unlink(path);
    return 0;
}
