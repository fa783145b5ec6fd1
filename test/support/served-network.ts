import { onTestFinished } from 'vitest';
import { startApiServer } from '../../src/mayfly/api/api-server.ts';
import { withChaos } from '../../src/mayfly/chaos/chaos-routes.ts';
import { SteppedNetwork } from '../../src/mayfly/stepped-network.ts';
import { HttpValidators } from './http-validators.ts';
import { type SteppedSetup, steppedSetup } from './stepped.ts';
import type { TinyGenesisOptions } from './tiny-genesis.ts';

export interface ServedNetwork {
  readonly stepped: SteppedNetwork;
  readonly url: string;
  /** Those of the validators that the producer leaves to others: the last ones. */
  readonly outside: HttpValidators;
  readonly setup: SteppedSetup;
}

/** A stepped network with its API served for the length of a test, and some validators that use only that. */
export async function serveStepped(options: {
  validators: number;
  outside: number;
  genesis?: Partial<TinyGenesisOptions>;
  /** With the routes that order disturbances. */
  chaos?: boolean;
}): Promise<ServedNetwork> {
  const setup = await steppedSetup(options.validators, options.genesis ?? {});
  const own = options.validators - options.outside;
  const stepped = await SteppedNetwork.open({ ...setup, keys: setup.keys.slice(0, own) });
  const server = await startApiServer({
    node: stepped.node.api,
    address: '127.0.0.1',
    port: 0,
    ...(options.chaos === true ? withChaos(stepped.node.chaos, stepped.clock) : {}),
  });
  onTestFinished(() => server.close());
  const { config } = setup.network;
  const keys = new Map(setup.keys.slice(own).map((key, i) => [own + i, key]));
  const outside = new HttpValidators({ url: server.url, config, keys });
  return { stepped, url: server.url, outside, setup };
}
