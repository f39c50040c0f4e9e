#compdef assay
# zsh completion for assay(1)

_assay_names() {
  local -a names
  names=(${${(f)"$(assay list $1 2>/dev/null)"}%% *})
  _describe -t $1 $1 names
}

_assay() {
  local context state line
  local -a common settings
  common=(
    '(-h --help)'{-h,--help}'[show help]'
    '*'{-q,--quiet}'[only what is wrong; twice: nothing but the exit status]'
    '*'{-v,--verbose}'[more: every result, all samples]'
    '--color[when to colour]:when:(auto always never)'
  )
  settings=(
    '--delimiter[what separates fields]:character:(tab)'
    '--quote[what encloses fields]:character:'
    '--header[whether the first line names the columns, or the names]:header:(yes no)'
    '--encoding[of the data]:encoding:(utf-8 latin1 utf-16le utf-16be)'
    '--null-values[fields that mean null]:texts:'
    '--trim[spaces and tabs around a field are not data]'
    '--skip-lines[lines to pass over before the header]:number:'
    '--short-records[what a record with too few fields is]:what:(malformed null)'
    '--json-engine[scan or yajl]:engine:(scan yajl)'
    '--records[JSON Pointer to the records]:pointer:'
    '--duplicate-keys[what a key is that comes twice]:what:(error first last)'
    '--allow-nan[NaN and the infinities are numbers of JSON]'
    '--csv-engine[scan or libcsv]:engine:(scan libcsv)'
    '--format[of the data]:format:{_assay_names formats}'
    '--table[databases\: the table or view to check]:name:'
    '--query[databases\: one reading statement to check]:SQL:'
    '--partition[databases\: only rows that have these values]:COLUMN=VALUE:'
    '--where[databases\: a condition in their SQL]:SQL:'
    '--order-by[databases\: columns that give the rows an order]:columns:'
    '--connect-timeout[how long to wait for a connection]:time:'
    '--statement-timeout[databases\: how long one statement may take]:time:'
    '--idle-timeout[how long a web server may send next to nothing]:time:'
    '--tries[how often to ask a web server that is busy or breaks off]:number:'
    '--max-field[most bytes of one value]:size:'
    '--max-download[most to take from a web server for one file]:size:'
    '--ca-file[certificates of the authorities to trust]:file:_files'
    '--partitions[whether directories such as dt=2026-11-01 are columns]:kind:(hive none)'
    '--pushdown[databases\: who computes]:when:(auto off always)'
    '--threads[workers]:number:'
    '--memory-limit[memory for what grows with the data]:size:'
    '--temp-dir[where temporary files go]:directory:_directories'
    '--as-of[the clock for freshness and now()]:time:'
    '--limit[stop after so many records]:number:'
    '--sample[look at a share of the records]:share:'
    '--max-samples[failing values to show an expectation]:number:'
    '--result-format[how much -o gx tells]:level:(boolean_only basic summary complete)'
    '--index-columns[columns that tell which rows failed]:columns:'
    '--gx-compat[defects of Great Expectations]:mode:(fixed strict)'
    '--max-values[entries of a list of values in json and gx]:number:'
    '--fail-on[what ends in exit status 1]:level:(fail warn error)'
    '--allow-empty[data without records is no reason for exit status 4]'
    '--exit-zero[exit with 0 although expectations failed]'
    '*--tag[run only checks that have one of these tags]:tags:'
  )

  if (( CURRENT == 2 )); then
    local -a commands
    commands=(
      'validate:run a suite over a file, a pipe or several files'
      'filter:pass on the records that a suite has nothing against'
      'lint:read suites and say what is wrong with them'
      'convert:write a suite in another format'
      'list:show what there is'
      'explain:explain an expectation or an error code'
    )
    _describe -t commands command commands
    _arguments '--help[show help]' '--version[show versions]'
    return
  fi

  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    validate)
      _arguments -s $common $settings \
        '*'{-o,--output}'[report in this format, to this file]:format:{_assay_names reporters}' \
        '*--set[override a setting]:setting:(severity=error severity=warn severity=info)' \
        '*--var[a variable for the suite]:variable:' \
        '--quarantine[keep records that fail in this file]:file:_files' \
        '--dry-run[print what would be read and asked]' \
        '--no-timings[leave times out of reports]' \
        '1:suite:_files' '2:source:_files'
      ;;
    filter)
      _arguments -s $common $settings \
        '--quarantine[keep records that fail in this file]:file:_files' \
        '--reasons[tell each reason on stderr]' \
        '*'{-o,--output}'[report in this format, to this file]:format:{_assay_names reporters}' \
        '*--set[override a setting]:setting:(severity=error severity=warn severity=info)' \
        '*--var[a variable for the suite]:variable:' \
        '--no-timings[leave times out of reports]' \
        '1:suite:_files' '2:source:_files'
      ;;
    lint) _arguments -s $common '*--var[a variable for the suite]:variable:' '*:suite:_files' ;;
    convert)
      _arguments -s $common '--to[the format to write]:format:(native native-json gx gx-0.18)' \
        '(-o --output)'{-o,--output}'[write there]:file:_files' \
        '--strict[refuse where something has no equal]' \
        '*--var[a variable for the suite]:variable:' '1:suite:_files'
      ;;
    list) _arguments -s $common '--json[as JSON]' '1:what:(expectations formats metrics reporters sources)' ;;
    explain)
      _arguments -s $common '--mdoc[as a section of a manual page]' \
        '*:name:{_assay_names expectations}'
      ;;
  esac
}

_assay "$@"
