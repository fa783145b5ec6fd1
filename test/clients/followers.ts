import { clients } from '../../src/app/registries/clients.ts';
import { createCatalogue } from '../../src/core/clients/catalogue.ts';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';

/** A program of the catalogue, as it is called on a PATH. */
interface FollowerProgram {
  readonly program: string;
  /** What it needs on one machine, where everybody has the same address. */
  readonly args?: readonly string[];
}

/** A consensus client and who signs beside it: its own validator client, or Mayfly's where it has none of its own. */
export interface Follower {
  readonly consensus: ClientDefinition;
  readonly beacon: FollowerProgram;
  readonly validator: { readonly definition: ClientDefinition; readonly program?: string };
}

const programs: Readonly<Record<string, { beacon: FollowerProgram; validator?: string }>> = {
  prysm: { beacon: { program: 'beacon-chain', args: ['--p2p-local-ip=127.0.0.1'] }, validator: 'validator' },
  lighthouse: { beacon: { program: 'lighthouse' }, validator: 'lighthouse' },
  lodestar: { beacon: { program: 'lodestar' }, validator: 'lodestar' },
  nimbus: { beacon: { program: 'nimbus_beacon_node' }, validator: 'nimbus_validator_client' },
  teku: { beacon: { program: 'teku' }, validator: 'teku' },
  grandine: { beacon: { program: 'grandine' } },
  caplin: { beacon: { program: 'caplin' } },
  'caplin-embedded': { beacon: { program: 'erigon' } },
};

const catalogue = createCatalogue(clients);

/** Every consensus client of the catalogue that is a program of somebody else's. */
export const followers: readonly Follower[] = clients
  .filter(({ layer, id }) => layer === 'consensus' && id !== 'mayfly')
  .map((consensus) => {
    const known = programs[consensus.id];
    if (known === undefined) throw new TypeError(`say in this file what ${consensus.id} is called on a PATH`);
    const { beacon, validator: program } = known;
    const definition = catalogue.get('validator', program === undefined ? 'mayfly' : consensus.id);
    return { consensus, beacon, validator: { definition, ...(program === undefined ? {} : { program }) } };
  });

/** What is missing on the PATH for this follower; undefined when nothing is. */
export function missingOf({ beacon, validator }: Follower): string | undefined {
  return [beacon.program, validator.program]
    .map((name) => (name === undefined ? undefined : missingProgram(name)))
    .find(Boolean);
}

/** The path of a program that {@link missingOf} found. */
export function pathOf(program: string): string {
  return programOnPath(program) ?? program;
}
