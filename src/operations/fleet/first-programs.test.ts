import { describe, expect, it } from 'vitest';
import { awaitFirstPrograms, tryNewPrograms } from './first-programs.ts';
import type { AssembledNode } from './fleet.ts';

interface Wish {
  readonly name?: string;
  readonly runs?: boolean;
  /** Absent: its programs are there. */
  readonly try?: () => Promise<'obtained' | Error | undefined>;
}

function node({ name = 'home', runs = false, ...wish }: Wish): AssembledNode {
  const runtime = { recover: async () => (runs ? {} : undefined) };
  const outcome: { obtained?: object; definiteFailure?: Error } = {};
  const trying = async () => {
    const said = await wish.try?.();
    if (said === 'obtained') outcome.obtained = {};
    else if (said !== undefined) outcome.definiteFailure = said;
  };
  const programs = Object.defineProperties(
    { try: trying },
    Object.getOwnPropertyDescriptors({
      get obtained() {
        return outcome.obtained;
      },
      get definiteFailure() {
        return outcome.definiteFailure;
      },
    }),
  );
  const setup = { name };
  return { setup, environment: { runtime }, ...(wish.try && { programs }) } as unknown as AssembledNode;
}

const patient = new AbortController().signal;
const definite = async () => new Error('no such version');
const outage = async () => undefined;
const never = () => new Promise<undefined>(() => undefined);

describe('where nothing is there to be kept yet', () => {
  it('it is told at once what only a person can help', async () => {
    await expect(awaitFirstPrograms([node({ try: definite })], patient)).rejects.toThrow('no such version');
    const both = [node({ try: definite }), node({ try: definite })];
    await expect(awaitFirstPrograms(both, patient)).rejects.toThrow('no such version');
  });

  it('an outage is no reason to give up', async () => {
    expect(await awaitFirstPrograms([node({ try: outage })], patient)).toBeUndefined();
    await awaitFirstPrograms([node({ try: definite }), node({ try: outage })], patient);
  });

  it('the first node that has its programs is not kept waiting', async () => {
    const nodes = [node({ try: never }), node({ try: async () => 'obtained' })];
    expect(await awaitFirstPrograms(nodes, patient)).toBeUndefined();
  });
});

describe('where anything is there to be kept', () => {
  it('nobody waits for programs, and none of them keeps it down', async () => {
    expect(await awaitFirstPrograms([], patient)).toBeUndefined();
    await awaitFirstPrograms([node({ try: definite }), node({})], patient);
    await awaitFirstPrograms([node({ try: never, runs: true })], patient);
  });
});

describe('a configuration that is applied anew', () => {
  it('is refused for what only a person can help', async () => {
    const wanted = [node({ name: 'new', try: definite }), node({ name: 'home' })];
    const before = [node({ name: 'home' })];
    await expect(tryNewPrograms(wanted, { before, signal: patient })).rejects.toThrow('no such version');
  });

  it('is not refused for what stood so before, nor for an outage', async () => {
    const stood = node({ name: 'stuck', try: definite });
    const wanted = [stood, node({ name: 'new', try: outage })];
    expect(await tryNewPrograms(wanted, { before: [stood], signal: patient })).toBeUndefined();
  });
});

it('nobody waits for programs once it is to end', async () => {
  const ending = new AbortController();
  const fetching = [node({ name: 'new', try: never })];
  const waits = [
    awaitFirstPrograms(fetching, ending.signal),
    tryNewPrograms(fetching, { before: [], signal: ending.signal }),
  ];
  ending.abort();
  expect(await Promise.all(waits)).toEqual([undefined, undefined]);
});
