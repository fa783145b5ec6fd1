import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EphemeryHome } from '../support/ephemery-home.ts';

const projectRoot = join(import.meta.dirname, '../..');

let home: EphemeryHome;
/** As the project's own folder after `npm ci`, but with no `.ephemery` of anybody. */
let project: string;
beforeAll(async () => {
  home = await EphemeryHome.create();
  project = home.root;
  await mkdir(project);
  await copyFile(join(projectRoot, 'package.json'), join(project, 'package.json'));
  for (const name of ['dist', 'node_modules']) await symlink(join(projectRoot, name), join(project, name));
});
afterAll(() => home.close());

it('`npm start` shows a reset within three minutes and where to look next, and ends with 0 at Ctrl-C', async () => {
  const beganAtMs = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: join(home.folder, 'home') },
    // A group of its own: a terminal sends the signal to all of it, npm and what lies between included.
    detached: true,
  });
  let said = '';
  let tookMs: number | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text.toString();
      if (tookMs !== undefined || !said.includes('home: iteration 2 is live')) return;
      tookMs = performance.now() - beganAtMs;
      interrupt(child.pid);
    });
  }
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }, said).toEqual({ code: 0, signal: null });
  expect(tookMs, said).toBeLessThan(180_000);
  expect(said).toMatch(/The local network devnet runs: a reset every 2m 30s/);
  expect(said).toContain('home: iteration 1 is live');
  expect(said).toContain('npx ephemery status --home ./.ephemery');
  expect(said).toContain('Ended');
  expect(said).not.toMatch(/npm (error|ERR)/);
  expect(await home.processes()).toEqual([]);
}, 240_000);

function interrupt(leader: number | undefined): void {
  if (leader !== undefined && leader > 1) process.kill(-leader, 'SIGINT');
}
