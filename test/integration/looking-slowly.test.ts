import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeOwnHome } from '../support/own-network.ts';

// A first look asks the release host for its clock: here one that takes three seconds for it.
const answersAfterMs = 3_000;

let ephemery: EphemeryProcess;
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    setTimeout(() => response.writeHead(404).end(), answersAfterMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ephemery = await EphemeryProcess.inNewFolder();
  await writeOwnHome(ephemery.folder, {
    source: `{ kind: mirror, url: "http://127.0.0.1:${port}/latest" }`,
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ephemery.remove();
});

describe('a command that looks for longer than two seconds', () => {
  it.each(['plan', 'reset --dry-run'])('%s: says that it does, and not among its answer', async (line) => {
    const { code, out, error } = await ephemery.run(...line.split(' '));
    expect({ code, error }).toEqual({ code: 0, error: 'Looking… (2s)\n' });
    expect(out).toMatch(/^home on iteration \d+:\n {2}1\. wait for a verified release of iteration \d+\n/);
  });

  it('a script is told nothing but the answer', async () => {
    const { code, out, error } = await ephemery.run('plan', '--json');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out)).toMatchObject([{ node: 'home', steps: [{ kind: 'await-release' }] }]);
  });
});
