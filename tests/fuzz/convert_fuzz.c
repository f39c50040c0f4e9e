/*
 * Any suite that loads is the same suite after it was written in any format and read again.
 * The first byte says whether the rest is YAML or JSON.
 */
#include "config.h"

#include "tests/lib/convert_law.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory where there is such a folder; left behind empty. */
static const char *folder(void)
{
    static char shared[] = "/dev/shm/assay-fuzz-XXXXXX", disk[] = "/tmp/assay-fuzz-XXXXXX";
    static const char *made;
    if (made == NULL)
        made = mkdtemp(shared) ? shared : mkdtemp(disk);
    if (made == NULL)
        abort();
    return made;
}

__attribute__((destructor)) static void clean_up(void)
{
    rmdir(folder());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[100];
    if (size == 0 || size > 4096)
        return 0;
    snprintf(path, sizeof path, "%s/suite.%s", folder(), data[0] % 2 ? "yml" : "json");
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(data + 1, 1, size - 1, file) != size - 1 || fclose(file) != 0)
        abort();
    char *wrong = convert_law(path, folder());
    unlink(path);
    if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        rmdir(folder());
        abort();
    }
    return 0;
}
