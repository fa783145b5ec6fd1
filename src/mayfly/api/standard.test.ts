import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { startApiServer } from './api-server.ts';

const root = `0x${'ab'.repeat(32)}`;
const infinity = `0xc0${'00'.repeat(95)}`;
const uint64 = '18446744073709551615';
const beyond = '18446744073709551616';

let stepped: SteppedNetwork;
let url: string;

beforeAll(async () => {
  stepped = await SteppedNetwork.open(await steppedSetup(64));
  await stepped.stepTo(2);
  // Slot 3 has begun, and its block is not there yet.
  await stepped.clock.advance(2_000);
  const server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0 });
  url = server.url;
  return () => server.close();
});

async function statusOf(path: string, base = url): Promise<number> {
  const response = await fetch(base + path);
  await response.arrayBuffer();
  return response.status;
}

describe('numbers of the standard', () => {
  it.each([
    ['/eth/v1/validator/attestation_data?slot=2&committee_index=0', 200],
    ['/eth/v1/validator/attestation_data?slot=0x2&committee_index=0', 400],
    ['/eth/v1/validator/attestation_data?slot=2&committee_index=0e0', 400],
    ['/eth/v1/validator/duties/proposer/0', 200],
    ['/eth/v1/validator/duties/proposer/0x0', 400],
    ['/eth/v1/beacon/headers?slot=0b10', 400],
    ['/eth/v1/beacon/states/head/committees?index=0x0', 400],
    [`/eth/v1/beacon/headers?slot=${beyond}`, 400],
    [`/eth/v1/beacon/states/${uint64}/root`, 404],
    [`/eth/v1/beacon/states/${beyond}/root`, 400],
    [`/eth/v2/beacon/blocks/${uint64}`, 404],
    [`/eth/v2/beacon/blocks/${beyond}`, 400],
    [`/eth/v1/beacon/states/head/validators/${uint64}`, 404],
    [`/eth/v1/beacon/states/head/validators/${beyond}`, 400],
    [`/eth/v1/beacon/blobs/head?versioned_hashes=${root},${root}`, 200],
    ['/eth/v1/beacon/blobs/head?versioned_hashes=0x12', 400],
  ])('are decimal and of 64 bits: GET %s is %i', async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  it('name no validator when they are too high, which is no error in a list', async () => {
    const response = await fetch(`${url}/eth/v1/beacon/states/head/validators?id=1,${uint64}`);
    const { data } = (await response.json()) as { data: { index: string }[] };
    expect(data.map(({ index }) => index)).toEqual(['1']);
  });
});

describe('a block to be produced', () => {
  const produce = (query: string) => statusOf(`/eth/v3/validator/blocks/3?${query}`);

  it('may leave its randao reveal unverified, which is the point at infinity then', async () => {
    expect(await produce(`randao_reveal=${infinity}`)).toBe(400);
    expect(await produce(`randao_reveal=${infinity}&skip_randao_verification=`)).toBe(200);
    expect(await produce(`randao_reveal=${infinity}&skip_randao_verification`)).toBe(200);
    expect(await produce(`randao_reveal=0x${'11'.repeat(96)}&skip_randao_verification`)).toBe(400);
    expect(await produce('randao_reveal=0xc0&skip_randao_verification')).toBe(400);
  });

  it.each([
    ['0', 200],
    [uint64, 200],
    [beyond, 400],
    ['-1', 400],
    ['half', 400],
  ])('with a builder boost factor of %s is answered with %i', async (factor, status) => {
    const query = `randao_reveal=${infinity}&skip_randao_verification&builder_boost_factor=${factor}`;
    expect(await produce(query)).toBe(status);
  });
});

describe('the health', () => {
  const health = (base?: string) =>
    Promise.all(['', '?syncing_status=299'].map((query) => statusOf(`/eth/v1/node/health${query}`, base)));

  it('is 206, or what was asked for, while the execution client does not confirm the head', async () => {
    const { chain } = stepped.node;
    expect(await health()).toEqual([200, 200]);
    chain.unconfirmed.add(chain.head.root);
    expect(await health()).toEqual([206, 299]);
    chain.unconfirmed.delete(chain.head.root);
  });

  it('is 206, or what was asked for, while there is no execution client', async () => {
    const { api } = stepped.node;
    const execution = Object.create(api.execution, { offline: { value: true } });
    const node = { ...api, execution };
    const server = await startApiServer({ node, address: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    expect(await health(server.url)).toEqual([206, 299]);
  });
});
