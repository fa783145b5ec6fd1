import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RootReport } from '../../src/operations/control/reports.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';

// A supervisor whose only node waits for its program: whoever publishes it sends the first bytes, and no more.
const sentBytes = 250_000;
const totalBytes = 1_000_000;
const soon = { timeout: 60_000 };

let ephemery: EphemeryProcess;
let server: Server;

beforeEach(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': totalBytes });
    // What a gzipped file begins with.
    response.write(Buffer.from([0x1f, 0x8b, ...Buffer.alloc(sentBytes - 2)]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/geth.tar.gz`;
  const artifact = `{ kind: archive, url: "${url}", bin: geth, sha256: ${'a'.repeat(64)} }`;
  const config = ownConfigText(`  home:
    network: own
    execution: { client: geth, version: 1.17.6, artifact: ${artifact} }
    consensus: { client: lighthouse }
`);
  ephemery = await EphemeryProcess.inNewFolder();
  await writeOwnHome(ephemery.folder, { config });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ephemery.remove();
});

const status = async () => (await ephemery.json('status')) as RootReport;
const fetching = async () => (await status()).supervisor?.beginning?.fetching;
const half = [{ what: 'Geth', bytes: sentBytes, totalBytes }];

describe('while the first programs of a root are on their way', () => {
  it.each([
    [['up'], 0],
    [['up', '--detach'], 1],
  ])('`%s` says so to `status`, and ends by `down`', async (line, code) => {
    const { ended } = ephemery.start(...line);
    await expect.poll(fetching, soon).toEqual(half);
    expect((await status()).nodes).toMatchObject([{ name: 'home', state: 'waiting' }]);
    const { out } = await ephemery.run('status');
    expect(out).toContain(
      'It begins once a node has its programs\n  Fetching Geth: 250 kB of 1.0 MB (25%)\n',
    );
    expect(await ephemery.json('down')).toMatchObject({ nodes: ['home'] });
    expect((await ended).code).toBe(code);
    expect(await status()).not.toHaveProperty('supervisor');
  });

  it.each([[['up']], [['up', '--detach']]])(
    'a second `%s` says whom it waits for, and Ctrl-C ends only the waiting',
    async (line) => {
      const { ended } = ephemery.start('up');
      await expect.poll(fetching, soon).toEqual(half);
      const second = ephemery.start(...line);
      const said: string[] = [];
      second.child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
      const { supervisor } = await status();
      const waiting = `Waiting for the supervisor that begins here already, process ${supervisor?.pid}: Fetching Geth: 250 kB of 1.0 MB (25%)…`;
      await expect.poll(() => said.join(''), soon).toContain(waiting);
      second.child.kill('SIGINT');
      const { code, error } = await second.ended;
      expect(code).toBe(130);
      expect(error).not.toContain('EPH-');
      expect(error).toContain('The supervisor goes on in the background.');
      expect(await fetching()).toEqual(half);
      await ephemery.json('down');
      expect((await ended).code).toBe(0);
    },
  );
});
