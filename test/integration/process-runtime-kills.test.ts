import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, readLines, taskSpec, unitSpec } from '../../src/runtimes/conformance-harness.ts';
import { identityOf, tokenOf } from '../../src/runtimes/process/run-token.ts';
import type { UnitHandle } from '../../src/runtimes/runtime.ts';
import { createProcessHarness, type ProcessHarness, pidsOf } from '../support/process-harness.ts';

const name = 'n.execution';
const gentle = { signal: 'SIGTERM', deadlineMs: 5_000 } as const;
let harness: ProcessHarness;

beforeEach(async () => {
  harness = await createProcessHarness();
});

afterEach(() => harness.close());

/** A life that is killed at this moment of a start; the next life is returned. */
async function killedAt(moment: string) {
  const doomed = await harness.restartDoomed(moment);
  await expect(doomed.start(harness.program({}), unitSpec(name))).rejects.toThrow('killed');
  expect(await doomed.ended).toBe('SIGKILL');
  return harness.restart();
}

async function stopAndExpectNothingLeft(handle: UnitHandle): Promise<void> {
  expect(await harness.runtime().stop(handle, gentle)).toBe('stopped');
  expect(await pidsOf(harness.folder)).toEqual([]);
}

describe('SIGKILL of our own process during a start', () => {
  it.each(['intended', 'spawned', 'claimed', 'recorded'])(
    'at "%s": no child is lost and no second one started',
    async (moment) => {
      const next = await killedAt(moment);
      const found = await next.recover(name);
      if (moment === 'intended') expect(found).toBeUndefined();
      if (moment === 'claimed' || moment === 'recorded') expect(found).toBeDefined();
      const handle = await next.start(harness.program({}), unitSpec(name));
      if (found !== undefined) expect(handle).toEqual(found);
      await eventually(harness, 'exactly one runs', async () => (await harness.countRunning(name)) === 1);
      await stopAndExpectNothingLeft(handle);
    },
  );

  it('at "spawned", started again at once: one runs, whichever of both it is', async () => {
    const next = await killedAt('spawned');
    const handle = await next.start(harness.program({}), unitSpec(name));
    await eventually(harness, 'exactly one runs', async () => (await harness.countRunning(name)) === 1);
    expect((await next.inspect(handle)).state).toBe('running');
    await stopAndExpectNothingLeft(handle);
  });
});

describe('records that do not fit the world', () => {
  async function tamper(change: (text: string) => string): Promise<void> {
    const path = join(harness.recordsFolder, `${name}.json`);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  it('takes a pid with another start time for a stranger: not adopted, not signalled', async () => {
    const handle = await harness.runtime().start(harness.program({}), unitSpec(name));
    const ours = identityOf(handle.token) ?? expect.fail('the token names no run');
    const stranger = { ...handle, token: tokenOf({ ...ours, startToken: '1' }) };
    await tamper((text) => text.replace(/"startToken":"\d+"/, '"startToken":"1"'));
    const next = await harness.restart();
    expect(await next.recover(name)).toBeUndefined();
    expect(await next.stop(stranger, gentle)).toBe('was-not-running');
    expect(await harness.countRunning(name)).toBe(1);
  });

  it('calls a unit of an earlier boot absent', async () => {
    const handle = await harness.runtime().start(harness.program({}), unitSpec(name));
    await tamper((text) => text.replaceAll(/"bootId":"[^"]+"/g, '"bootId":"earlier"'));
    const next = await harness.restart();
    expect(await next.recover(name)).toBeUndefined();
    const earlier = { ...handle, token: handle.token.replace(/^[^/]+/, 'earlier') };
    expect(await next.inspect(earlier)).toEqual({ state: 'absent' });
    expect(await next.stop(earlier, gentle)).toBe('was-not-running');
  });

  it('does not take a damaged record for "nothing runs"', async () => {
    await harness.runtime().start(harness.program({}), unitSpec(name));
    await tamper((text) => text.slice(0, 20));
    const next = await harness.restart();
    await expect(next.start(harness.program({}), unitSpec(name))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-RECORD-UNREADABLE',
    });
    expect(await harness.countRunning(name)).toBe(1);
  });
});

describe('a disk that does not take what is written', () => {
  it('refuses the start with a code, and nothing runs', async () => {
    await harness.restart();
    await writeFile(harness.logsFolder, 'a file where the folder was');
    await expect(harness.runtime().start(harness.program({}), unitSpec(name))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-START-FAILED',
      facts: { nothingRan: true },
    });
    expect(await harness.countRunning(name)).toBe(0);
    await rm(harness.logsFolder);
    await mkdir(harness.logsFolder);
    const handle = await harness.runtime().start(harness.program({}), unitSpec(name));
    await stopAndExpectNothingLeft(handle);
  });

  it('ends a child that cannot report itself before it becomes the program', async () => {
    const runtime = harness.runtime();
    // No `mkdir` on the PATH is as good as a disk on which none can be made.
    const env = { PATH: harness.logsFolder };
    await expect(runtime.start(harness.program({}), unitSpec(name, { env }))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-START-FAILED',
      facts: { reason: expect.stringContaining('mkdir'), nothingRan: true },
    });
    expect(await pidsOf(`${harness.folder} --unit=${name}`)).toEqual([]);
    expect(await runtime.recover(name)).toBeUndefined();
  });
});

describe('a program whose wrapper has ended before it', () => {
  /** Starts a shell that starts a toy and ends at once; resolves when the toy alone is left. */
  async function startWrapped(): Promise<UnitHandle> {
    const toy = harness.program({ prints: [{ afterMs: 0, line: 'up' }] }).command;
    const quoted = toy.map((part) => `'${part}'`).join(' ');
    // The unit's own arguments come after the script: `$@` gives them to the toy, which is found by them.
    const wrapper = { client: 'toy', version: '1', command: ['/bin/sh', '-c', `${quoted} "$@" &`, 'sh'] };
    const handle = await harness.runtime().start(wrapper, unitSpec(name));
    await eventually(harness, 'the wrapper ended and its program runs', async () => {
      const said = await readLines(harness.runtime().logs(name, {}), 1);
      return said.length === 1 && (await pidsOf(harness.folder)).length === 1;
    });
    return handle;
  }

  it('runs: it is not started a second time, now or by the next life', async () => {
    const handle = await startWrapped();
    expect(await harness.runtime().inspect(handle)).toMatchObject({ state: 'running' });
    expect(await harness.runtime().start(harness.program({}), unitSpec(name))).toEqual(handle);
    const next = await harness.restart();
    expect(await next.recover(name)).toEqual(handle);
    expect(await next.start(harness.program({}), unitSpec(name))).toEqual(handle);
    expect(await harness.countRunning(name)).toBe(1);
    await stopAndExpectNothingLeft(handle);
  });

  it('is stopped by the signal, not by a kill, and has ended then for every life', async () => {
    const handle = await startWrapped();
    expect(await harness.runtime().stop(handle, gentle)).toBe('stopped');
    expect(await harness.countRunning(name)).toBe(0);
    expect(await harness.runtime().inspect(handle)).toMatchObject({ state: 'exited' });
    const next = await harness.restart();
    expect(await next.recover(name)).toBeUndefined();
    expect(await next.inspect(handle)).toMatchObject({ state: 'exited' });
  });

  it('is killed with what is left of a task that went on behind its end', async () => {
    const toy = harness
      .program({})
      .command.map((part) => `'${part}'`)
      .join(' ');
    const wrapper = { client: 'toy', version: '1', command: ['/bin/sh', '-c', `${toy} "$@" &`, 'sh'] };
    expect(await harness.runtime().run(wrapper, taskSpec('n.init'))).toMatchObject({ exitCode: 0 });
    expect(await pidsOf(harness.folder)).toEqual([]);
  });
});

describe('children of the process runtime', () => {
  it('see neither our secrets nor our Node options', async () => {
    const runtime = harness.runtime();
    const env = { GIVEN: 'yes' };
    await runtime.start(harness.program({ showsEnvironment: true }), unitSpec(name, { env }));
    let seen: Record<string, string> = {};
    await eventually(harness, 'the environment is printed', async () => {
      const [line] = await readLines(runtime.logs(name, {}), 1);
      if (line !== undefined) seen = JSON.parse(line);
      return line !== undefined;
    });
    expect(seen).toMatchObject({ GIVEN: 'yes', PATH: process.env.PATH });
    const ours = /^(A_SECRET_OF_OURS|NODE_OPTIONS|VITEST.*|npm_.*)$/;
    expect(Object.keys(seen).filter((key) => ours.test(key))).toEqual([]);
  });

  it('take what they started along when they are stopped', async () => {
    const runtime = harness.runtime();
    // The shell starts a program that ignores the signal, and ends itself at once when it comes.
    const toy = harness.program({ ignoresStopSignal: true, prints: [{ afterMs: 0, line: 'up' }] }).command;
    const quoted = toy.map((part) => `'${part}'`).join(' ');
    const script = { client: 'toy', version: '1', command: ['/bin/sh', '-c', `${quoted} & wait`] };
    const handle = await runtime.start(script, unitSpec(name));
    await eventually(harness, 'the program of the program runs', async () => {
      return (await readLines(runtime.logs(name, {}), 1)).length === 1;
    });
    expect(await runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 300 })).toBe('killed');
    expect(await pidsOf(harness.folder)).toEqual([]);
  });

  it('leave no start reports behind', async () => {
    const runtime = harness.runtime();
    const handle = await runtime.start(harness.program({}), unitSpec(name));
    expect(await readdir(harness.recordsFolder)).toEqual([`${name}.json`]);
    await stopAndExpectNothingLeft(handle);
  });
});
