import { routes, WireFormat } from '@lodestar/api';
import { createBeaconConfig, defaultChainConfig } from '@lodestar/config';
import { ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockRows } from '../../../test/support/api-routes/blocks.ts';
import { dutyRows } from '../../../test/support/api-routes/duties.ts';
import { nodeRows } from '../../../test/support/api-routes/node.ts';
import { poolRows } from '../../../test/support/api-routes/pools.ts';
import { ask, definitionOf, type RouteDefinition } from '../../../test/support/api-routes/request.ts';
import { rewardRows } from '../../../test/support/api-routes/rewards.ts';
import type { Row, Rows } from '../../../test/support/api-routes/row.ts';
import { stateRows } from '../../../test/support/api-routes/states.ts';
import { submissionRows } from '../../../test/support/api-routes/submissions.ts';
import { type ApiWorld, createWorld } from '../../../test/support/api-routes/world.ts';
import { apiMethods, servedNamespaces } from './api-methods.ts';
import { unserved } from './unserved.ts';

const anyConfig = createBeaconConfig(defaultChainConfig, new Uint8Array(32));
const operations = servedNamespaces.flatMap((namespace) =>
  Object.keys(routes[namespace].getDefinitions(anyConfig)),
);
/** What only reads comes first, then what changes the chain, then what was submitted is read. */
const order = [
  /^(?!getPool(?!Attestations))get|^post|^produceA|^produceS/,
  /^produceBlock/,
  /^publishBl/,
  /^submit|^pub/,
  /./,
];
const placeOf = (operation: string) => order.findIndex((names) => names.test(operation));
const served = operations
  .filter((operation) => unserved[operation] === undefined)
  .sort((a, b) => placeOf(a) - placeOf(b));

type Methods = Readonly<Record<string, (args: object) => Promise<unknown>>>;

describe.each(['electra', 'fulu'] as const)('the routes of the API, of a network of %s', (fork) => {
  let world: ApiWorld;
  let rows: Rows;

  beforeAll(async () => {
    world = await createWorld(fork);
    rows = {
      ...stateRows(world),
      ...blockRows(world),
      ...nodeRows(world),
      ...dutyRows(world),
      ...poolRows(world),
      ...(await rewardRows(world)),
      ...submissionRows(world),
    };
  }, 120_000);
  afterAll(() => world.close());

  it('are all in the table, and nothing else is', () => {
    expect(Object.keys(rows).sort()).toEqual([...served].sort());
    expect(Object.keys(unserved).filter((operation) => !operations.includes(operation))).toEqual([]);
  });

  it('give the state of the head as SSZ with the root that its block names', async () => {
    const path = '/eth/v2/debug/beacon/states/head';
    const response = await fetch(world.url + path, { headers: { accept: 'application/octet-stream' } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const root = ssz[fork].BeaconState.hashTreeRoot(ssz[fork].BeaconState.deserialize(bytes) as never);
    expect(toRootHex(root)).toBe(toRootHex(world.headBlock.message.stateRoot));
  });

  it.each(served)('%s answers with what the chain has, as JSON and as SSZ', async (operation) => {
    const definition = definitionOf(world, operation);
    for (const row of rows[operation] ?? []) {
      if (definition.method === 'POST') await holdSubmission(definition, row);
      else await holdAnswer(definition, row);
    }
    expect(rows[operation]?.length).toBeGreaterThan(0);
  });

  it.each(Object.keys(unserved))('%s is refused with 501 and the reason', async (operation) => {
    const methods = Object.assign({}, ...Object.values(apiMethods(world.stepped.node.api))) as Methods;
    await expect(methods[operation]?.({})).rejects.toMatchObject({
      statusCode: 501,
      message: `Not implemented: ${operation}, as ${unserved[operation]}`,
    });
  });

  async function holdAnswer(definition: RouteDefinition, row: Row): Promise<void> {
    const args = await argsOf(row);
    const answered = await ask(world, definition, { args });
    holdJson(answered, row);
    if (row.answer === undefined || row.jsonOnly || definition.resp.onlySupport === WireFormat.json) return;
    const asSsz = await ask(world, definition, { args, accept: 'application/octet-stream' });
    expect([asSsz.status, asSsz.contentType]).toEqual([200, 'application/octet-stream']);
    const { data, ...meta } = JSON.parse(answered.text);
    expect(definition.decodeSsz(asSsz.bytes, asSsz.headers)).toEqual({ data, ...meta });
  }

  /** What is submitted may come as SSZ too; a query that comes by POST has an answer as any other. */
  async function holdSubmission(definition: RouteDefinition, row: Row): Promise<void> {
    if (row.answer !== undefined) return holdAnswer(definition, row);
    const args = await argsOf(row);
    holdJson(await ask(world, definition, { args }), row);
    row.after?.();
    if (row.status !== undefined || definition.req.onlySupport === WireFormat.json) return;
    const again = await ask(world, definition, { args, body: 'ssz' });
    expect([again.status, again.text]).toEqual([200, '']);
    row.after?.();
  }
});

async function argsOf({ args }: Row): Promise<object | undefined> {
  return typeof args === 'function' ? args() : args;
}

function holdJson({ status, text }: { status: number; text: string }, row: Row): void {
  expect([status, row.status === undefined ? '' : text]).toEqual([
    row.status ?? 200,
    row.status === undefined ? '' : expect.stringContaining(`"code":${row.status}`),
  ]);
  if (row.answer === undefined) return;
  if (typeof row.answer === 'function') row.answer(JSON.parse(text) as never);
  else expect(JSON.parse(text)).toEqual(row.answer);
}
