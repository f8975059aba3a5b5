# Completion of tfld-model for bash.

_tfld_model() {
  local current=$2 previous=$3 words=''
  case $previous in
    --backend) mapfile -t COMPREPLY < <(compgen -W 'reference cpu gpu' -- "$current") && return ;;
    --golden | --output-dir) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
  esac
  case ${COMP_WORDS[1]} in
    inspect) words='--json --graph' ;;
    compare) words='--against --input --seed --json' ;;
    operators) words='--cmake --json' ;;
    run) words='--input --golden --output-dir --backend --threads --signature --seed --labels' ;;
    check) words='--backend --explain --json' ;;
    bench) words='--threads --seconds --backend --json' ;;
    profile) words='--threads --backend --json' ;;
  esac
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'inspect run check compare operators bench profile' -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words --help" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -o filenames -F _tfld_model tfld-model
