# bash completion of ephemery; load it with: source <(ephemery completion bash)
_ephemery() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
  local place="" word kind=words list=""
  for word in "${before[@]}"; do
    case "${place:+$place }$word" in 'up'|'down'|'status'|'logs'|'plan'|'reset'|'reset hold'|'reset release'|'doctor'|'init'|'network'|'network show'|'network releases'|'network fetch'|'network verify'|'network build'|'network serve'|'devnet'|'devnet run'|'completion') place="${place:+$place }$word" ;; esac
  done
  case "$place" in
    '') list='up down status logs plan reset doctor init network devnet completion --home --config --json --log-level' ;;
    'up') list='--network --detach --slot --period --validators --seed --until-resets --adopt-config --home --config --json --log-level' ;;
    'down') list='--purge --yes --home --config --json --log-level' ;;
    'status') list='--home --config --json --log-level' ;;
    'logs') list='--layer --tail --follow --home --config --json --log-level' ;;
    'plan') list='--force --home --config --json --log-level' ;;
    'reset') list='hold release --force --dry-run --consent --home --config --json --log-level' ;;
    'reset hold') list='--home --config --json --log-level' ;;
    'reset release') list='--home --config --json --log-level' ;;
    'doctor') list='--home --config --json --log-level' ;;
    'init') list='--network --force --home --config --json --log-level' ;;
    'network') list='show releases fetch verify build serve --home --config --json --log-level' ;;
    'network show') list='--home --config --json --log-level' ;;
    'network releases') list='--ask --home --config --json --log-level' ;;
    'network fetch') list='--iteration --refresh --cross-check --home --config --json --log-level' ;;
    'network verify') list='--network --iteration --home --config --json --log-level' ;;
    'network build') list='--inputs --iteration --out --last-fork --tag-prefix --home --config --json --log-level' ;;
    'network serve') list='--port --host --home --config --json --log-level' ;;
    'devnet') list='run --home --config --json --log-level' ;;
    'devnet run') list='--home --config --json --log-level' ;;
    'completion') list='--home --config --json --log-level' ;;
  esac
  case "$previous" in
    --home) kind=folder ;;
    --config) kind=file ;;
    --log-level) kind=words list='debug info warn error' ;;
    --network) kind=none ;;
    --slot) kind=none ;;
    --period) kind=none ;;
    --validators) kind=none ;;
    --seed) kind=none ;;
    --until-resets) kind=none ;;
    --layer) kind=words list='execution consensus validator service' ;;
    --tail) kind=none ;;
    --consent) kind=none ;;
    --iteration) kind=none ;;
    --inputs) kind=folder ;;
    --out) kind=folder ;;
    --last-fork) kind=words list='phase0 altair bellatrix capella deneb electra fulu gloas' ;;
    --tag-prefix) kind=none ;;
    --port) kind=none ;;
    --host) kind=none ;;
  esac
  case "$kind" in
    words) COMPREPLY=($(compgen -W "$list" -- "$current")) ;;
    file) COMPREPLY=($(compgen -f -- "$current")) ;;
    folder) COMPREPLY=($(compgen -d -- "$current")) ;;
    none) COMPREPLY=() ;;
  esac
}
complete -o filenames -F _ephemery ephemery
