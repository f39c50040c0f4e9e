/*
 * assay filter: passes the records on that a suite has nothing against.
 */
#include "config.h"

#include "cli/command.h"

static const struct assay_flag flags[] = {
    {0, "quarantine", "[raw:]PATH", "keep records that fail in this file, with the reasons"},
    {0, "reasons", NULL, "tell each reason on stderr: FILE:LINE:COLUMN: what is wrong"},
    {'o', "output", "FORMAT[:PATH]", "report in this format, to this file; may be repeated"},
    {0, "set", "NAME=VALUE", "override a setting, or severity=LEVEL for every check"},
    {0, "var", "NAME=VALUE", "a variable for ${NAME} in the suite"},
    {0, "gx-compat", "MODE",
     "suites of Great Expectations: fixed (the default) or strict, with its defects"},
    {0, "no-timings", NULL, "leave times out of reports, so that equal runs give equal bytes"},
};

static int run(struct assay_args *args)
{
    return assay_validate_command(args, true);
}

const struct assay_command assay_command_filter = {
    .name = "filter",
    .summary = "pass on the records that a suite has nothing against",
    .usage = "SUITE [SOURCE]… [--quarantine [raw:]PATH] [--reasons]",
    .examples = "  assay filter orders.yml orders.csv >good.csv --quarantine bad.ndjson\n"
                "  zcat orders.csv.gz | assay filter orders.yml - --reasons | psql -c 'COPY …'\n"
                "  assay filter orders.yml orders.csv --quarantine raw:bad.csv >good.csv\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .settings = true,
    .run = run,
};
