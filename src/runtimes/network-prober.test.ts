import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { createNetworkProber } from './network-prober.ts';
import { untilReady } from './readiness.ts';

const prober = createNetworkProber({ clock: systemClock, fetch });
let closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

/** A server on a free port that answers every request with this status and body. */
async function serve(status: number, body: string): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const rpc = (port: number) =>
  ({
    kind: 'json-rpc',
    url: `http://127.0.0.1:${port}`,
    method: 'eth_chainId',
    deadlineMs: 1_000,
  }) as const;

describe('probes over the network', () => {
  it('takes the wished status and no other', async () => {
    const port = await serve(206, '');
    const probe = { kind: 'http', url: `http://127.0.0.1:${port}/`, deadlineMs: 1_000 } as const;
    expect(await prober({ ...probe, statuses: [200, 206] })).toEqual({ known: true, value: true });
    expect(await prober({ ...probe, statuses: [200] })).toEqual({ known: true, value: false });
  });

  it('takes a result and not an error of JSON-RPC', async () => {
    expect(await prober(rpc(await serve(200, '{"jsonrpc":"2.0","id":1,"result":"0x1"}')))).toEqual({
      known: true,
      value: true,
    });
    expect(await prober(rpc(await serve(200, '{"jsonrpc":"2.0","id":1,"error":{}}')))).toEqual({
      known: true,
      value: false,
    });
  });

  it('does not know when the reply is no JSON, or endless, or nobody listens', async () => {
    expect(await prober(rpc(await serve(200, '<html>')))).toMatchObject({ known: false });
    expect(await prober(rpc(await serve(200, ' '.repeat(70_000))))).toMatchObject({ known: false });
    const port = await serve(200, '');
    closing.pop()?.();
    expect(await prober(rpc(port))).toMatchObject({ known: false });
    expect(await prober({ kind: 'tcp', port, deadlineMs: 1 })).toMatchObject({ known: false });
  });

  it('sees an open TCP port', async () => {
    const probe = { kind: 'tcp', port: await serve(200, ''), deadlineMs: 1_000 } as const;
    expect(await prober(probe)).toEqual({ known: true, value: true });
  });
});

describe('waiting for readiness', () => {
  const probe = { kind: 'tcp', port: 1, deadlineMs: 5_000 } as const;

  async function wait(answers: (nowMs: number) => boolean, stillRuns?: () => Promise<boolean>) {
    const clock = new VirtualClock(0);
    let tries = 0;
    const waiting = untilReady(probe, {
      clock,
      prober: async () => {
        tries += 1;
        return { known: true, value: answers(clock.monotonicMs()) };
      },
      ...(stillRuns === undefined ? {} : { stillRuns }),
    });
    await clock.advance(10_000);
    return { outcome: await waiting, tries };
  }

  it('ends soon after the probe first answers', async () => {
    const { outcome } = await wait((nowMs) => nowMs >= 1_900);
    expect(outcome.outcome).toBe('ready');
    expect(outcome.outcome === 'ready' && outcome.tookMs).toBeLessThan(2_400);
  });

  it('gives up at the deadline, without asking all the time', async () => {
    const { outcome, tries } = await wait(() => false);
    expect(outcome.outcome).toBe('deadline');
    expect(tries).toBeLessThan(25);
  });

  it('ends when the unit has ended', async () => {
    expect(
      (
        await wait(
          () => false,
          async () => false,
        )
      ).outcome,
    ).toEqual({ outcome: 'ended' });
  });
});
