# bash completion of ephemery; load it with: source <(ephemery completion bash)
_ephemery() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
  local place="" word kind=words list=""
  for word in "${before[@]}"; do
    case "${place:+$place }$word" in 'up'|'down'|'status'|'logs'|'plan'|'reset'|'reset hold'|'reset release'|'sync'|'sync recover'|'peers'|'doctor'|'init'|'network'|'network show'|'network releases'|'network fetch'|'network verify'|'network bootnodes'|'network build'|'network serve'|'keys'|'keys new'|'keys list'|'keys show'|'keys export'|'keys deposit'|'keys verify-deposits'|'keys exit'|'keys change-credentials'|'keys withdraw'|'keys consolidate'|'devnet'|'devnet run'|'devnet chaos'|'devnet chaos skip-slots'|'devnet chaos drop-attestations'|'devnet chaos late-block'|'devnet chaos reorg'|'devnet chaos stop-finality'|'devnet chaos slash'|'devnet chaos stall'|'devnet chaos wrong-answers'|'devnet chaos outage'|'devnet chaos list'|'devnet chaos clear'|'devnet releaser'|'devnet releaser late'|'devnet releaser partial'|'devnet releaser corrupt'|'devnet releaser empty'|'devnet releaser rate-limited'|'devnet releaser wrong-iteration'|'devnet releaser slow'|'devnet releaser wrong-date'|'devnet releaser outage'|'devnet releaser reset'|'devnet releaser web-page'|'devnet releaser wrong-length'|'devnet releaser list'|'devnet releaser clear'|'export'|'export compose'|'export systemd'|'service'|'service install'|'service uninstall'|'service status'|'completion') place="${place:+$place }$word" ;; esac
  done
  case "$place" in
    '') list='up down status logs plan reset sync peers doctor init network keys devnet export service completion --home --config --json --log-level' ;;
    'up') list='--network --detach --slot --period --validators --seed --until-resets --adopt-config --home --config --json --log-level' ;;
    'down') list='--purge --yes --home --config --json --log-level' ;;
    'status') list='--home --config --json --log-level' ;;
    'logs') list='--layer --tail --follow --home --config --json --log-level' ;;
    'plan') list='--force --home --config --json --log-level' ;;
    'reset') list='hold release --force --dry-run --consent --home --config --json --log-level' ;;
    'reset hold') list='--home --config --json --log-level' ;;
    'reset release') list='--home --config --json --log-level' ;;
    'sync') list='recover --watch --home --config --json --log-level' ;;
    'sync recover') list='--do --yes --home --config --json --log-level' ;;
    'peers') list='--home --config --json --log-level' ;;
    'doctor') list='--home --config --json --log-level' ;;
    'init') list='--network --force --home --config --json --log-level' ;;
    'network') list='show releases fetch verify bootnodes build serve --home --config --json --log-level' ;;
    'network show') list='--home --config --json --log-level' ;;
    'network releases') list='--ask --home --config --json --log-level' ;;
    'network fetch') list='--iteration --refresh --cross-check --home --config --json --log-level' ;;
    'network verify') list='--network --iteration --home --config --json --log-level' ;;
    'network bootnodes') list='--home --config --json --log-level' ;;
    'network build') list='--inputs --iteration --out --last-fork --tag-prefix --home --config --json --log-level' ;;
    'network serve') list='--port --host --home --config --json --log-level' ;;
    'keys') list='new list show export deposit verify-deposits exit change-credentials withdraw consolidate --home --config --json --log-level' ;;
    'keys new') list='--mnemonic-file --mnemonic-env --passphrase-file --passphrase-env --language --words --save-mnemonic --password-file --password-env --count --start-index --set --out --kdf --network --withdrawal-address --credentials --amount --home --config --json --log-level' ;;
    'keys list') list='--set --network --beacon --home --config --json --log-level' ;;
    'keys show') list='--prove --home --config --json --log-level' ;;
    'keys export') list='--set --out --layout --home --config --json --log-level' ;;
    'keys deposit') list='--set --network --withdrawal-address --credentials --amount --out --password-file --password-env --home --config --json --log-level' ;;
    'keys verify-deposits') list='--network --home --config --json --log-level' ;;
    'keys exit') list='--set --network --iteration --epoch --index --beacon --out --password-file --password-env --home --config --json --log-level' ;;
    'keys change-credentials') list='--mnemonic-file --mnemonic-env --passphrase-file --passphrase-env --language --validators --start-index --withdrawal-address --network --iteration --out --home --config --json --log-level' ;;
    'keys withdraw') list='--amount --home --config --json --log-level' ;;
    'keys consolidate') list='--home --config --json --log-level' ;;
    'devnet') list='run chaos releaser --home --config --json --log-level' ;;
    'devnet run') list='--home --config --json --log-level' ;;
    'devnet chaos') list='skip-slots drop-attestations late-block reorg stop-finality slash stall wrong-answers outage list clear --home --config --json --log-level' ;;
    'devnet chaos skip-slots') list='--devnet --home --config --json --log-level' ;;
    'devnet chaos drop-attestations') list='--slots --devnet --home --config --json --log-level' ;;
    'devnet chaos late-block') list='--slots --devnet --home --config --json --log-level' ;;
    'devnet chaos reorg') list='--devnet --home --config --json --log-level' ;;
    'devnet chaos stop-finality') list='--slots --devnet --home --config --json --log-level' ;;
    'devnet chaos slash') list='--by --devnet --home --config --json --log-level' ;;
    'devnet chaos stall') list='--devnet --home --config --json --log-level' ;;
    'devnet chaos wrong-answers') list='--for --devnet --home --config --json --log-level' ;;
    'devnet chaos outage') list='--devnet --home --config --json --log-level' ;;
    'devnet chaos list') list='--devnet --home --config --json --log-level' ;;
    'devnet chaos clear') list='--devnet --home --config --json --log-level' ;;
    'devnet releaser') list='late partial corrupt empty rate-limited wrong-iteration slow wrong-date outage reset web-page wrong-length list clear --home --config --json --log-level' ;;
    'devnet releaser late') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser partial') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser corrupt') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser empty') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser rate-limited') list='--status --iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser wrong-iteration') list='--instead --iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser slow') list='--bytes-per-second --iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser wrong-date') list='--skew --direction --iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser outage') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser reset') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser web-page') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser wrong-length') list='--iteration --paths --times --devnet --home --config --json --log-level' ;;
    'devnet releaser list') list='--devnet --home --config --json --log-level' ;;
    'devnet releaser clear') list='--devnet --home --config --json --log-level' ;;
    'export') list='compose systemd --home --config --json --log-level' ;;
    'export compose') list='--home --config --json --log-level' ;;
    'export systemd') list='--home --config --json --log-level' ;;
    'service') list='install uninstall status --home --config --json --log-level' ;;
    'service install') list='--system --dry-run --home --config --json --log-level' ;;
    'service uninstall') list='--system --home --config --json --log-level' ;;
    'service status') list='--system --home --config --json --log-level' ;;
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
    --do) kind=words list='restart next-provider resync' ;;
    --iteration) kind=none ;;
    --inputs) kind=folder ;;
    --out) kind=file ;;
    --last-fork) kind=words list='phase0 altair bellatrix capella deneb electra fulu gloas' ;;
    --tag-prefix) kind=none ;;
    --port) kind=none ;;
    --host) kind=none ;;
    --mnemonic-file) kind=file ;;
    --mnemonic-env) kind=none ;;
    --passphrase-file) kind=file ;;
    --passphrase-env) kind=none ;;
    --language) kind=words list='english chinese-simplified chinese-traditional czech french italian japanese korean portuguese spanish' ;;
    --words) kind=words list='12 15 18 21 24' ;;
    --save-mnemonic) kind=file ;;
    --password-file) kind=file ;;
    --password-env) kind=none ;;
    --count) kind=none ;;
    --start-index) kind=none ;;
    --set) kind=none ;;
    --kdf) kind=words list='scrypt pbkdf2' ;;
    --withdrawal-address) kind=none ;;
    --credentials) kind=words list='0x00 0x01 0x02' ;;
    --amount) kind=none ;;
    --beacon) kind=none ;;
    --layout) kind=words list='eip2335 lighthouse teku nimbus lodestar web3signer' ;;
    --epoch) kind=none ;;
    --index) kind=none ;;
    --devnet) kind=none ;;
    --slots) kind=none ;;
    --by) kind=words list='proposal attestation' ;;
    --for) kind=none ;;
    --paths) kind=words list='tags latest' ;;
    --times) kind=none ;;
    --status) kind=words list='403 429' ;;
    --instead) kind=none ;;
    --bytes-per-second) kind=none ;;
    --skew) kind=none ;;
    --direction) kind=words list='ahead behind' ;;
  esac
  case "$kind" in
    words) COMPREPLY=($(compgen -W "$list" -- "$current")) ;;
    file) COMPREPLY=($(compgen -f -- "$current")) ;;
    folder) COMPREPLY=($(compgen -d -- "$current")) ;;
    none) COMPREPLY=() ;;
  esac
}
complete -o filenames -F _ephemery ephemery
