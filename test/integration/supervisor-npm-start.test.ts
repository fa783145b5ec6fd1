import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EphemeryHome } from '../support/ephemery-home.ts';

const projectRoot = join(import.meta.dirname, '../..');

let home: EphemeryHome;
beforeAll(async () => {
  home = await EphemeryHome.create();
});
afterAll(() => home.close());

it('`npm start` says where to look next, and ends with 0 at the Ctrl-C of a terminal', async () => {
  const child = spawn('npm', ['start', '--', '--home', home.root, '--period', '2h'], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: join(home.folder, 'home') },
    // A group of its own: a terminal sends the signal to all of it, npm and what lies between included.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('Ctrl-C stops all of it.') && !said.includes('Stopping')) interrupt(child.pid);
    });
  }
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }, said).toEqual({ code: 0, signal: null });
  expect(said).toContain(`npx ephemery status --home ${home.root}`);
  expect(said).toContain('Ended');
  expect(said).not.toMatch(/npm (error|ERR)/);
  expect(await home.processes()).toEqual([]);
});

let isInterrupted = false;

function interrupt(leader: number | undefined): void {
  if (isInterrupted || leader === undefined || leader <= 1) return;
  isInterrupted = true;
  process.kill(-leader, 'SIGINT');
}
