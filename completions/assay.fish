# fish completion for assay(1)

function __assay_names
    assay list $argv[1] 2>/dev/null | string replace -r '^(\S+)\s+(.*)$' '$1\t$2'
end

function __assay_needs_command
    test (count (commandline -opc)) -eq 1
end

# filter takes all that validate does.
function __assay_in
    set -l words (commandline -opc)
    test (count $words) -gt 1; or return 1
    test "$words[2]" = "$argv[1]"; or test "$argv[1] $words[2]" = 'validate filter'
end

complete -c assay -n __assay_needs_command -f -a validate -d 'run a suite over a file, a pipe or several files'
complete -c assay -n __assay_needs_command -f -a filter -d 'pass on the records that a suite has nothing against'
complete -c assay -n __assay_needs_command -f -a lint -d 'read suites and say what is wrong with them'
complete -c assay -n __assay_needs_command -f -a convert -d 'write a suite in another format'
complete -c assay -n __assay_needs_command -f -a list -d 'show what there is'
complete -c assay -n __assay_needs_command -f -a explain -d 'explain an expectation or an error code'
complete -c assay -n __assay_needs_command -f -l version -d 'show versions'

complete -c assay -s h -l help -d 'show help'
complete -c assay -s q -l quiet -d 'only what is wrong; twice: nothing but the exit status'
complete -c assay -s v -l verbose -d 'more: every result, all samples'
complete -c assay -l color -x -a 'auto always never' -d 'when to colour'

complete -c assay -n '__assay_in validate' -s o -l output -x -a '(__assay_names reporters)' -d 'report in this format, to this file'
complete -c assay -n '__assay_in validate' -l set -x -a 'severity=error severity=warn severity=info' -d 'override a setting'
complete -c assay -n '__assay_in validate' -l quarantine -r -d 'keep records that fail in this file'
complete -c assay -n '__assay_in filter' -l reasons -d 'tell each reason on stderr'
complete -c assay -n '__assay_in convert' -l to -x -a 'native native-json gx gx-0.18' -d 'the format to write'
complete -c assay -n '__assay_in convert' -s o -l output -r -d 'write there'
complete -c assay -n '__assay_in convert' -l strict -d 'refuse where something has no equal'
complete -c assay -n '__assay_in validate; or __assay_in lint; or __assay_in convert' -l var -x -d 'a variable for the suite'
complete -c assay -n '__assay_in validate' -l dry-run -d 'print what would be read and asked'
complete -c assay -n '__assay_in validate' -l no-timings -d 'leave times out of reports'
complete -c assay -n '__assay_in validate' -l delimiter -x -a tab -d 'what separates fields'
complete -c assay -n '__assay_in validate' -l quote -x -d 'what encloses fields'
complete -c assay -n '__assay_in validate' -l header -x -a 'yes no' -d 'whether the first line names the columns'
complete -c assay -n '__assay_in validate' -l encoding -x -a 'utf-8 latin1 utf-16le utf-16be' -d 'of the data'
complete -c assay -n '__assay_in validate' -l null-values -x -d 'fields that mean null'
complete -c assay -n '__assay_in validate' -l trim -d 'spaces and tabs around a field are not data'
complete -c assay -n '__assay_in validate' -l skip-lines -x -d 'lines to pass over before the header'
complete -c assay -n '__assay_in validate' -l short-records -x -a 'malformed null' -d 'what a record with too few fields is'
complete -c assay -n '__assay_in validate' -l json-engine -x -a 'scan yajl' -d 'scan or yajl'
complete -c assay -n '__assay_in validate' -l records -x -d 'JSON Pointer to the records'
complete -c assay -n '__assay_in validate' -l duplicate-keys -x -a 'error first last' -d 'what a key is that comes twice'
complete -c assay -n '__assay_in validate' -l allow-nan -d 'NaN and the infinities are numbers of JSON'
complete -c assay -n '__assay_in validate' -l csv-engine -x -a 'scan libcsv' -d 'scan or libcsv'
complete -c assay -n '__assay_in validate' -l format -x -a '(__assay_names formats)' -d 'of the data'
complete -c assay -n '__assay_in validate' -l table -x -d 'databases: the table or view to check'
complete -c assay -n '__assay_in validate' -l query -x -d 'databases: one reading statement to check'
complete -c assay -n '__assay_in validate' -l partition -x -d 'databases: only rows that have these values'
complete -c assay -n '__assay_in validate' -l where -x -d 'databases: a condition in their SQL'
complete -c assay -n '__assay_in validate' -l order-by -x -d 'databases: columns that give the rows an order'
complete -c assay -n '__assay_in validate' -l connect-timeout -x -d 'how long to wait for a connection'
complete -c assay -n '__assay_in validate' -l statement-timeout -x -d 'databases: how long one statement may take'
complete -c assay -n '__assay_in validate' -l idle-timeout -x -d 'how long a web server may send next to nothing'
complete -c assay -n '__assay_in validate' -l tries -x -d 'how often to ask a web server that is busy or breaks off'
complete -c assay -n '__assay_in validate' -l max-field -x -d 'most bytes of one value'
complete -c assay -n '__assay_in validate' -l max-download -x -d 'most to take from a web server for one file'
complete -c assay -n '__assay_in validate' -l ca-file -r -d 'certificates of the authorities to trust'
complete -c assay -n '__assay_in validate' -l partitions -x -a 'hive none' -d 'whether directories dt=… are columns'
complete -c assay -n '__assay_in validate' -l pushdown -x -a 'auto off always' -d 'databases: who computes'
complete -c assay -n '__assay_in validate' -l threads -x -d 'workers'
complete -c assay -n '__assay_in validate' -l memory-limit -x -d 'memory for what grows with the data'
complete -c assay -n '__assay_in validate' -l temp-dir -x -a '(__fish_complete_directories)' -d 'where temporary files go'
complete -c assay -n '__assay_in validate' -l as-of -x -d 'the clock for freshness and now()'
complete -c assay -n '__assay_in validate' -l limit -x -d 'stop after so many records'
complete -c assay -n '__assay_in validate' -l sample -x -d 'look at a share of the records'
complete -c assay -n '__assay_in validate' -l max-samples -x -d 'failing values to show an expectation'
complete -c assay -n '__assay_in validate' -l result-format -x -a 'boolean_only basic summary complete' -d 'how much -o gx tells'
complete -c assay -n '__assay_in validate' -l index-columns -x -d 'columns that tell which rows failed'
complete -c assay -n '__assay_in validate' -l gx-compat -x -a 'fixed strict' -d 'defects of Great Expectations'
complete -c assay -n '__assay_in validate' -l max-values -x -d 'entries of a list of values in json and gx'
complete -c assay -n '__assay_in validate' -l fail-on -x -a 'fail warn error' -d 'what ends in exit status 1'
complete -c assay -n '__assay_in validate' -l allow-empty -d 'no records are no reason for exit status 4'
complete -c assay -n '__assay_in validate' -l exit-zero -d 'exit with 0 although expectations failed'
complete -c assay -n '__assay_in validate' -l tag -x -d 'run only checks that have one of these tags'

complete -c assay -n '__assay_in list' -f -a 'expectations formats metrics reporters sources'
complete -c assay -n '__assay_in list' -l json -d 'as JSON'
complete -c assay -n '__assay_in explain' -f -a '(__assay_names expectations)'
complete -c assay -n '__assay_in explain' -l mdoc -d 'as a section of a manual page'
