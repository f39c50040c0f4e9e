# bash completion for assay(1)

_assay_columns()
{
    # The names in the first line of a data file named on the command line.
    local word
    for word in "${COMP_WORDS[@]}"; do
        case $word in
        *.csv) [[ -r $word ]] && head -c 65536 -- "$word" 2>/dev/null | head -n 1 | tr -d '"\r' | tr ',' '\n' ;;
        esac
    done
}

_assay()
{
    local cur prev command flags settings common
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    command=${COMP_WORDS[1]-}
    common='--help --quiet --verbose --color -h -q -v'
    settings='--delimiter --quote --header --encoding --null-values --trim --skip-lines --short-records
        --csv-engine --json-engine --records --duplicate-keys --allow-nan --max-field --format --table --query --where --partition --order-by --connect-timeout --statement-timeout
        --idle-timeout --tries --max-download --ca-file
        --partitions --pushdown --threads --memory-limit --temp-dir --as-of --limit --sample
        --max-samples --result-format --index-columns --max-values --fail-on --allow-empty --exit-zero --tag'
    COMPREPLY=()

    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W 'validate filter lint convert list explain help version --help --version' -- "$cur"))
        return
    fi
    case $prev in
    --to) COMPREPLY=($(compgen -W 'native native-json gx gx-0.18' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --encoding) COMPREPLY=($(compgen -W 'utf-8 latin1 utf-16le utf-16be' -- "$cur")); return ;;
    --csv-engine) COMPREPLY=($(compgen -W 'scan libcsv' -- "$cur")); return ;;
    --json-engine) COMPREPLY=($(compgen -W 'scan yajl' -- "$cur")); return ;;
    --short-records) COMPREPLY=($(compgen -W 'malformed null' -- "$cur")); return ;;
    --duplicate-keys) COMPREPLY=($(compgen -W 'error first last' -- "$cur")); return ;;
    --partitions) COMPREPLY=($(compgen -W 'hive none' -- "$cur")); return ;;
    --pushdown) COMPREPLY=($(compgen -W 'auto off always' -- "$cur")); return ;;
    --gx-compat) COMPREPLY=($(compgen -W 'fixed strict' -- "$cur")); return ;;
    --fail-on) COMPREPLY=($(compgen -W 'fail warn error' -- "$cur")); return ;;
    --result-format)
        COMPREPLY=($(compgen -W 'boolean_only basic summary complete' -- "$cur"))
        return
        ;;
    --delimiter) COMPREPLY=($(compgen -W 'tab' -- "$cur")); return ;;
    --header) COMPREPLY=($(compgen -W "yes no $(_assay_columns | paste -sd, -)" -- "$cur")); return ;;
    --set) COMPREPLY=($(compgen -W 'severity=error severity=warn severity=info' -- "$cur")); return ;;
    -o | --output)
        [[ $command == convert ]] && { COMPREPLY=($(compgen -f -- "$cur")); return; }
        COMPREPLY=($(compgen -W "$(assay list reporters 2>/dev/null | cut -d' ' -f1)" -- "$cur"))
        return
        ;;
    --format)
        COMPREPLY=($(compgen -W "$(assay list formats 2>/dev/null | cut -d' ' -f1)" -- "$cur"))
        return
        ;;
    --ca-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --temp-dir) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    --quote | --null-values | --skip-lines | --max-field | --table | --query | --where | --order-by | \
        --connect-timeout | --statement-timeout | --idle-timeout | --tries | --max-download | --threads | --memory-limit | --as-of | --limit | \
        --sample | --max-samples | --max-values | --tag | --var)
        return
        ;;
    esac
    case $command in
    validate) flags="--output --set --var --gx-compat --quarantine --dry-run --no-timings -o $settings" ;;
    filter) flags="--quarantine --reasons --output --set --var --gx-compat --no-timings -o $settings" ;;
    lint) flags='--var' ;;
    convert) flags='--to --output --strict --var -o' ;;
    list) flags='--json' ;;
    explain) flags='--mdoc' ;;
    version) flags='--json' ;;
    *) flags= ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$flags $common" -- "$cur"))
        return
    fi
    case $command in
    list) COMPREPLY=($(compgen -W 'expectations formats metrics reporters sources' -- "$cur")) ;;
    explain)
        COMPREPLY=($(compgen -W "$(assay list expectations 2>/dev/null | cut -d' ' -f1)" -- "$cur"))
        ;;
    help) COMPREPLY=($(compgen -W 'validate filter lint convert list explain' -- "$cur")) ;;
    *)
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$cur"))
        ;;
    esac
}

complete -F _assay assay
