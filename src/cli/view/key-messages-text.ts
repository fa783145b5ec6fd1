import type { ExecutionRequest } from '../../core/keys/execution-requests.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { ChangeCredentialsReport } from '../../operations/keys/change-credentials.ts';
import type { SendOutcome } from '../../operations/keys/send-messages.ts';
import type { SignExitsReport } from '../../operations/keys/sign-exits.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

interface Sent {
  readonly sent?: SendOutcome;
}

/** Also when nothing was to be sent. */
export function allTaken(messages: readonly Sent[]): boolean {
  return messages.every(({ sent }) => sent === undefined || sent.outcome === 'taken');
}

function outcomeText(sent: SendOutcome | undefined): string {
  if (sent === undefined) return '';
  const reason = sent.reason === undefined ? '' : `: ${plainText(sent.reason)}`;
  const words = {
    taken: 'sent, waits for a block',
    refused: 'NOT taken',
    unknown: 'no answer, it may have been taken',
  } as const;
  return `; ${words[sent.outcome]}${reason}`;
}

function sendingText(sentTo: string | undefined, by: string): string {
  return sentTo === undefined
    ? `Nothing was sent. --send does that, or: POST ${by}.`
    : `Sent to ${plainText(sentTo)}.`;
}

export function signExitsText(report: SignExitsReport, style: Style): string {
  const { file, network, iteration, exits, unsigned = [], sentTo } = report;
  return [
    ...exits.map(
      ({ pubkey, index, signedBy, sent }) =>
        `${shortPublicKey(pubkey)} exits as validator ${index}${signedBy === undefined ? '' : `, signed by the validator client of ${signedBy}`}${outcomeText(sent)}`,
    ),
    ...unsigned.map(
      ({ pubkey, reason }) =>
        `${style.bad('not signed')} for ${shortPublicKey(pubkey)}: ${plainText(reason)}`,
    ),
    `Signed for ${network}, iteration ${iteration} alone: ${file}`,
    sendingText(sentTo, '/eth/v1/beacon/pool/voluntary_exits, one exit a request'),
  ].join('\n');
}

export function changeCredentialsText({
  file,
  network,
  iteration,
  changes,
  sentTo,
}: ChangeCredentialsReport): string {
  return [
    ...changes.map(
      ({ index, fromPubkey, sent }) =>
        `validator ${index}, from the key ${shortPublicKey(fromPubkey)}${outcomeText(sent)}`,
    ),
    `Signed for ${network}, iteration ${iteration} alone: ${file}`,
    sendingText(sentTo, '/eth/v1/beacon/pool/bls_to_execution_changes'),
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
