import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { NodeProbe, ProbeAnswer, ProbeWay } from '../node-probe.ts';
import { pingDiscv4 } from './discv4.ts';
import { pingDiscv5 } from './discv5.ts';
import { greetLibp2p } from './libp2p.ts';
import { type NodeAddress, type NodeRecord, parseEnode, parseEnr } from './node-address.ts';
import { greetRlpx } from './rlpx.ts';

type Told = Omit<Extract<ProbeAnswer, { answers: true }>, 'answers' | 'by' | 'tookMs'>;

/** Calls nodes over the network, each call with a deadline and keys of its own. */
export function createNodeProbe({
  clock,
  timeoutMs = 3_000,
}: {
  clock: Clock;
  timeoutMs?: number;
}): NodeProbe {
  const timing = { clock, timeoutMs };
  const timed = async (by: ProbeWay, call: () => Promise<Told>): Promise<ProbeAnswer> => {
    const begunMs = clock.monotonicMs();
    try {
      const told = await call();
      return { answers: true, by, tookMs: Math.round(clock.monotonicMs() - begunMs), ...told };
    } catch (thrown) {
      return { answers: false, by, reason: messageOf(thrown) };
    }
  };
  return {
    discv4: (enode) => timed('discv4', async () => pingDiscv4(addressOf(enode), timing)),
    rlpx: (enode) => timed('rlpx', async () => greetRlpx(addressOf(enode), timing)),
    libp2p: (enr) =>
      timed('libp2p', async () => {
        const { host, tcpPort } = recordOf(enr);
        if (host === undefined || tcpPort === undefined) throw new TypeError('its record has no TCP port');
        return greetLibp2p({ host, port: tcpPort }, timing);
      }),
    discv5: (enr) =>
      timed('discv5', async () => {
        const record = recordOf(enr);
        const { host, udpPort } = record;
        if (host === undefined || udpPort === undefined) throw new TypeError('its record has no address');
        return pingDiscv5({ record, host, udpPort }, timing);
      }),
  };
}

function addressOf(enode: string): NodeAddress {
  const address = parseEnode(enode);
  if (address === undefined) throw new TypeError('it is no valid enode address');
  return address;
}

function recordOf(enr: string): NodeRecord {
  const record = parseEnr(enr);
  if (record === undefined) throw new TypeError('it is no valid record');
  return record;
}
