import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';

// A client's program that takes five seconds to come. It is none in the end: what counts is what is said meanwhile.
const parts = 25;
const part = Buffer.alloc(200_000);

let ephemery: EphemeryProcess;
let server: Server;

beforeEach(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': parts * part.length });
    let sent = 0;
    const sending = setInterval(() => {
      // What a gzipped file begins with.
      response.write(sent === 0 ? Buffer.from([0x1f, 0x8b, ...part.subarray(2)]) : part);
      sent += 1;
      if (sent === parts) clearInterval(sending);
    }, 200);
    response.on('close', () => clearInterval(sending));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ephemery = await EphemeryProcess.inNewFolder();
  const url = `http://127.0.0.1:${port}/geth.tar.gz`;
  const artifact = `{ kind: archive, url: "${url}", bin: geth, sha256: ${'a'.repeat(64)} }`;
  const config = ownConfigText(`  home:
    network: own
    execution: { client: geth, version: 1.17.6, artifact: ${artifact} }
    consensus: { client: lighthouse }
`);
  await writeOwnHome(ephemery.folder, { config });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ephemery.remove();
});

it('a download that takes long is an event every two seconds, and at its end', async () => {
  const { code, out, error } = await ephemery.run('up', '--json');
  expect(code).not.toBe(0);
  expect(error).toContain('EPH-ARTIFACT-CHECKSUM');
  const told = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; what?: string; bytes: number; totalBytes?: number })
    .filter(({ type }) => type === 'fetch.progress');
  const total = parts * part.length;
  expect(told.map(({ what, totalBytes }) => [what, totalBytes])).toEqual(told.map(() => ['Geth', total]));
  const bytes = told.map((each) => each.bytes);
  expect(bytes.length).toBeGreaterThanOrEqual(2);
  expect(bytes).toEqual([...new Set(bytes)].toSorted((a, b) => a - b));
  expect(bytes[0]).toBeLessThan(total);
  expect(bytes.at(-1)).toBe(total);
});

it('people read how much of it is there', async () => {
  const { error, out } = await ephemery.run('up');
  expect(`${error}${out}`).toMatch(/Fetching Geth: [\d.]+ MB of 5\.0 MB \(\d+%\)/);
  expect(`${error}${out}`).toContain('Fetching Geth: 5.0 MB of 5.0 MB (100%)');
});

it('one in the background says it too, and with which error it ended', async () => {
  const { code, error } = await ephemery.run('up', '--detach');
  expect(code).toBe(1);
  expect(error).toMatch(/Fetching Geth: [\d.]+ MB of 5\.0 MB \(\d+%\)/);
  expect(error).toContain('EPH-ARTIFACT-CHECKSUM');
});

it('Ctrl-C stops one in the background that is only beginning', async () => {
  const { child, ended } = ephemery.start('up', '--detach');
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (said: Buffer) => String(said).includes('Fetching Geth') && resolve());
  });
  child.kill('SIGINT');
  const { code, error } = await ended;
  expect(code).toBe(130);
  expect(error).toContain('Stopping what was started…');
  expect(await ephemery.json('status')).not.toHaveProperty('supervisor');
});
