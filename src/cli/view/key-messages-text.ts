import type { ExecutionRequest } from '../../core/keys/execution-requests.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { ChangeCredentialsReport } from '../../operations/keys/change-credentials.ts';
import type { SignExitsReport } from '../../operations/keys/sign-exits.ts';
import { tableText } from '../output/table.ts';

export function signExitsText({ file, network, iteration, exits }: SignExitsReport): string {
  return [
    ...exits.map(
      ({ pubkey, index, signedBy }) =>
        `${shortPublicKey(pubkey)} exits as validator ${index}${signedBy === undefined ? '' : `, signed by the validator client of ${signedBy}`}`,
    ),
    `Signed for ${network}, iteration ${iteration} alone: ${file}`,
    'Nothing was sent. Send it with: POST /eth/v1/beacon/pool/voluntary_exits, one exit a request.',
  ].join('\n');
}

export function changeCredentialsText({
  file,
  network,
  iteration,
  changes,
}: ChangeCredentialsReport): string {
  return [
    ...changes.map(
      ({ index, fromPubkey }) => `validator ${index}, from the key ${shortPublicKey(fromPubkey)}`,
    ),
    `Signed for ${network}, iteration ${iteration} alone: ${file}`,
    'Nothing was sent. Send it with: POST /eth/v1/beacon/pool/bls_to_execution_changes.',
  ].join('\n');
}

export function requestText({ to, data, leastFeeWei }: ExecutionRequest): string {
  return [
    tableText([
      ['to', to],
      ['data', data],
      ['value', `${leastFeeWei} wei or more`],
    ]),
    'The fee rises with the queue: `eth_call` to the same address without data gives it as it is now.',
    'Send somewhat more, as it may rise until the block; what is over is not given back.',
  ].join('\n');
}
