import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../base/clock.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { EventReport, RootReport } from '../control/reports.ts';
import type { HostFacts, Services } from '../services.ts';
import { type BackgroundChild, lastPrinted, startInBackground } from './background-child.ts';
import { firstReport, longestSilenceMs } from './first-report.ts';
import { LogTail } from './log-tail.ts';

// Real processes that say what a supervisor might say. How long that takes is for the test to say.
let passedMs = 0;
const clock: Clock = { ...systemClock, monotonicMs: () => passedMs };

let folder: string;
let services: Pick<Services, 'host' | 'paths'>;
let child: BackgroundChild | undefined;

beforeEach(async () => {
  passedMs = 0;
  folder = await mkdtemp(join(tmpdir(), 'ephemery-detached-'));
  const host: HostFacts = {
    env: {},
    platform: process.platform,
    workingDirectory: folder,
    program: [process.execPath, join(folder, 'supervisor.mjs')],
    version: '0',
  };
  services = { host, paths: rootPaths(folder) };
  await mkdir(services.paths.run, { recursive: true });
  await mkdir(services.paths.logs, { recursive: true });
});
afterEach(async () => {
  child?.interrupt();
  child = undefined;
  await rm(folder, { recursive: true });
});

const log = () => join(services.paths.logs, 'supervisor.log');

interface Watching {
  readonly ask?: (heard: { readonly events: number; readonly lastWords: string }) => unknown;
  readonly onEvent?: () => void;
}

/** Starts a program that has `say`, and waits for its report, which never comes unless `ask` gives one. */
async function start(script: string, { ask, onEvent }: Watching = {}) {
  const say = `const say = (entry) => appendFileSync(${JSON.stringify(log())}, JSON.stringify({ pid: process.pid, time: 1, ...entry }) + '\\n');`;
  await writeFile(
    join(folder, 'supervisor.mjs'),
    `import { appendFileSync } from 'node:fs';\n${say}\n${script}\n`,
  );
  await writeFile(log(), `${JSON.stringify({ pid: 1, msg: 'of an earlier one' })}\n`);
  const from = await LogTail.sizeOf(log());
  const events: EventReport[] = [];
  const started = startInBackground(services, []);
  child = started;
  const tail = LogTail.of(log(), { pid: started.pid, from });
  const waiting = firstReport(
    {
      clock,
      child: started,
      tail,
      ask: async () => ask?.({ events: events.length, lastWords: tail.lastWords }) as RootReport | undefined,
      printed: () => lastPrinted(services),
      onEvent: (event) => {
        events.push(event);
        onEvent?.();
      },
    },
    new AbortController().signal,
  );
  return { started, events, outcome: waiting.catch((thrown: unknown) => thrown) };
}

const stay = 'setInterval(() => {}, 1000);';

describe('waiting for a supervisor in the background', () => {
  it('tells what it does until it answers, and nothing of earlier ones', async () => {
    const { events, outcome } = await start(
      `say({ msg: 'event', type: 'fetch.progress', what: 'Geth', bytes: 7 });
       say({ msg: 'program is being installed' });
       say({ msg: 'event', type: 'step.started', node: 'home', step: 'prepare' });
       ${stay}`,
      { ask: (heard) => (heard.events > 1 ? { version: '1' } : undefined) },
    );
    expect(await outcome).toEqual({ version: '1' });
    expect(events).toMatchObject([
      { type: 'fetch.progress', what: 'Geth', bytes: 7, atMs: 1 },
      { type: 'step.started', node: 'home', step: 'prepare' },
    ]);
  });

  it('gives up once nothing was said for two minutes, with the last words of its log and the process', async () => {
    const { started, outcome } = await start(`say({ msg: 'stuck here' }); ${stay}`, {
      ask: ({ lastWords }) => {
        if (lastWords !== '') passedMs += longestSilenceMs;
      },
    });
    expect(await outcome).toMatchObject({
      code: 'EPH-CONTROL-SUPERVISOR-SILENT',
      facts: { pid: started.pid, lastWords: expect.stringContaining('stuck here') },
      remedy: expect.stringContaining(`kill -KILL ${started.pid}`),
    });
    expect(started.hasEnded()).toBe(false);
  });

  it('counts only silence: what is said again and again may last', async () => {
    const { outcome, events } = await start(
      `for (let words = 0; words < 5; words += 1) say({ msg: 'event', type: 'fetch.progress', bytes: words });
       setTimeout(() => {}, 200);`,
      {
        onEvent: () => {
          passedMs += longestSilenceMs - 1;
        },
      },
    );
    expect(await outcome).toMatchObject({ code: 'EPH-CONTROL-SUPERVISOR-ENDED' });
    expect(events).toHaveLength(5);
  });

  it('hands on the error with which it ended', async () => {
    const { outcome } = await start(
      `console.error(JSON.stringify({ error: { code: 'EPH-ROOT-LOCKED', message: 'held', remedy: 'wait', facts: {} } })); process.exit(1);`,
    );
    expect(await outcome).toMatchObject({ code: 'EPH-ROOT-LOCKED', message: 'held' });
  });

  it('tells the last line that it printed when it crashed', async () => {
    const { outcome } = await start(`console.error('out of luck'); process.exit(1);`);
    expect(await outcome).toMatchObject({
      code: 'EPH-CONTROL-SUPERVISOR-ENDED',
      facts: { detail: 'out of luck' },
    });
  });

  it('tells the last words of its log when it was killed without a word', async () => {
    const { outcome } = await start(`say({ msg: 'before the end' }); process.kill(process.pid, 'SIGKILL');`);
    expect(await outcome).toMatchObject({
      code: 'EPH-CONTROL-SUPERVISOR-ENDED',
      facts: { detail: expect.stringContaining('before the end') },
    });
  });
});
