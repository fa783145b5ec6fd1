import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Type } from '@chainsafe/ssz';
import * as domains from '@lodestar/params';
import { computeDomain, computeSigningRoot } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';

interface Signable {
  /** What of the request is signed, in JSON. */
  readonly of: (request: Request) => unknown;
  readonly type: Type<unknown>;
  readonly domain: Uint8Array;
}

interface Request {
  readonly type: string;
  readonly fork_info: {
    readonly fork: { readonly current_version: string };
    readonly genesis_validators_root: string;
  };
  readonly [part: string]: Readonly<Record<string, unknown>> | string;
}

function signable<T>(domain: Uint8Array, type: Type<T>, ...path: readonly string[]): Signable {
  const of = (request: Request) =>
    path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], request);
  return { of, type: type as Type<unknown>, domain };
}

/** Source: the Web3Signer API (ethereum/remote-signing-api), types of eth2/sign and where each has its message. */
const signables: Readonly<Record<string, Signable>> = {
  ATTESTATION: signable(domains.DOMAIN_BEACON_ATTESTER, ssz.phase0.AttestationData, 'attestation'),
  BLOCK_V2: signable(
    domains.DOMAIN_BEACON_PROPOSER,
    ssz.phase0.BeaconBlockHeader,
    'beacon_block',
    'block_header',
  ),
  RANDAO_REVEAL: signable(domains.DOMAIN_RANDAO, ssz.Epoch, 'randao_reveal', 'epoch'),
  AGGREGATION_SLOT: signable(domains.DOMAIN_SELECTION_PROOF, ssz.Slot, 'aggregation_slot', 'slot'),
  AGGREGATE_AND_PROOF_V2: signable(
    domains.DOMAIN_AGGREGATE_AND_PROOF,
    ssz.electra.AggregateAndProof,
    'aggregate_and_proof',
  ),
  SYNC_COMMITTEE_MESSAGE: signable(
    domains.DOMAIN_SYNC_COMMITTEE,
    ssz.Root,
    'sync_committee_message',
    'beacon_block_root',
  ),
  SYNC_COMMITTEE_SELECTION_PROOF: signable(
    domains.DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF,
    ssz.altair.SyncAggregatorSelectionData,
    'sync_aggregator_selection_data',
  ),
  SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF: signable(
    domains.DOMAIN_CONTRIBUTION_AND_PROOF,
    ssz.altair.ContributionAndProof,
    'contribution_and_proof',
  ),
  VOLUNTARY_EXIT: signable(domains.DOMAIN_VOLUNTARY_EXIT, ssz.phase0.VoluntaryExit, 'voluntary_exit'),
};

/** Stands where Web3Signer would: it signs what its clients describe with keys in its memory, and remembers nothing. */
export class SigningWeb3Signer {
  /** How many messages of each type it signed. */
  readonly signed = new Map<string, number>();
  /** What was asked of it that it does not do. */
  readonly refused: string[] = [];
  /** Those that it has at this moment. */
  readonly keys: Map<string, ValidatorKey>;
  /** That of Capella: as Web3Signer does, exits are signed for it whatever fork is named. Source: EIP-7044. */
  exitForkVersion: string | undefined;
  private readonly server: Server;

  constructor(keys: readonly ValidatorKey[]) {
    this.keys = new Map(keys.map((key) => [`0x${Buffer.from(key.pubkey).toString('hex')}`, key]));
    this.server = createServer((request, response) => {
      void this.answer(request)
        .catch((thrown: unknown) => this.refuse(`${request.url}: ${String(thrown)}`))
        .then(([status, body]) => {
          // A signature comes as bare text to whoever does not ask for JSON.
          const isText = typeof body === 'string' && request.headers.accept !== 'application/json';
          response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
          response.end(isText ? body : JSON.stringify(typeof body === 'string' ? { signature: body } : body));
        });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<[number, unknown]> {
    const { url = '' } = request;
    if (url === '/upcheck') return [200, 'OK'];
    if (url === '/healthcheck') return [200, { status: 'UP', outcome: 'UP', checks: [] }];
    if (url === '/api/v1/eth2/publicKeys') return [200, [...this.keys.keys()]];
    const key = this.keys.get(url.replace('/api/v1/eth2/sign/', ''));
    if (key === undefined) return this.refuse(url);
    const asked = JSON.parse(await text(request)) as Request;
    const what = signables[asked.type];
    if (what === undefined) return this.refuse(asked.type);
    const { fork, genesis_validators_root: root } = asked.fork_info;
    const isExit = asked.type === 'VOLUNTARY_EXIT';
    const version = (isExit ? this.exitForkVersion : undefined) ?? fork.current_version;
    const domain = computeDomain(what.domain, bytesOf(version), bytesOf(root));
    const message = what.type.fromJson(what.of(asked));
    const signature = key.secretKey.sign(computeSigningRoot(what.type, message, domain)).toBytes();
    this.signed.set(asked.type, (this.signed.get(asked.type) ?? 0) + 1);
    return [200, `0x${Buffer.from(signature).toString('hex')}`];
  }

  private refuse(what: string): [number, unknown] {
    this.refused.push(what);
    return [400, {}];
  }
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), 'hex');
}
