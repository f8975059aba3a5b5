# Completion of tfld-ctl for bash.

_tfld_ctl_models() {
  tfld-ctl "$@" list 2>/dev/null | awk 'NR > 1 && NF > 1 { print $1 }'
}

_tfld_ctl() {
  local current=$2 previous=$3 command='' position=0 i word
  local -a where=()
  local commands='deploy activate rollback label remove list status history infer bench top watch trace stats metrics
    log-level package completion'
  local global='--runtime-dir --output --help --version'

  # The command, how many arguments it has before the cursor, and where the daemon is.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --runtime-dir) where=(--runtime-dir "${COMP_WORDS[++i]}") ;;
      --output | --to | --limit | --input | --output-dir | --labels | --seed | --timeout | --golden | -o | --file | \
        --clients | --sweep | --seconds | --requests | --warmup | --rate | --transport | --interval | --count | --model | \
        --format | --priority) ((i++)) ;;
      --version) [[ -n $command ]] && ((i++)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=$word; else position=$((position + 1)); fi ;;
    esac
  done

  case $previous in
    --runtime-dir | --output-dir | --golden)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    --labels | -o | --file | --input)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --output)
      mapfile -t COMPREPLY < <(compgen -W 'json table' -- "$current")
      return
      ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W 'auto grpc channel both' -- "$current")
      return
      ;;
    --priority)
      mapfile -t COMPREPLY < <(compgen -W 'critical normal background' -- "$current")
      return
      ;;
    --format)
      mapfile -t COMPREPLY < <(compgen -W 'otel chrome' -- "$current")
      return
      ;;
    --model)
      mapfile -t COMPREPLY < <(compgen -W "$(_tfld_ctl_models "${where[@]}")" -- "$current")
      return
      ;;
    --to | --limit | --seed | --timeout | --clients | --sweep | --seconds | --requests | --warmup | --rate | --interval | \
      --count) return ;;
  esac

  local words=''
  case $command in
    '') words=$([[ $current == -* ]] && echo "$global" || echo "$commands") ;;
    deploy) words='--version --stage-only --golden' ;;
    rollback) words='--to' ;;
    label) words='--remove' ;;
    remove) words='--version' ;;
    history) words='--limit' ;;
    infer) words='--version --input --output-dir --labels --seed --timeout' ;;
    package) words='--file' ;;
    bench) words='--version --clients --sweep --seconds --requests --warmup --rate --uniform --transport --input --seed
      --timeout --priority --json --no-plot' ;;
    top) words='--interval --count --once' ;;
    watch) words='--seconds --count' ;;
    trace) words='--model --seconds --rate --count --format --file --recent' ;;
  esac
  if [[ $current == -* || -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words --help" -- "$current")
    [[ -z $command && $current != -* ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  elif [[ ($command == deploy && $position -eq 1) || $command == package ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ $command == log-level ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$current")
  elif [[ $position -eq 0 && ! $command =~ ^(list|metrics|trace|completion)$ ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_tfld_ctl_models "${where[@]}")" -- "$current")
  fi
}

complete -o filenames -o bashdefault -F _tfld_ctl tfld-ctl
