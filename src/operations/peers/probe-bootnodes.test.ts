import { describe, expect, it } from 'vitest';
import type { NodeProbe, ProbeAnswer, ProbeWay } from '../../chain/node-probe.ts';
import { bootnodeFindings, probeBootnodes, seenAddresses } from './probe-bootnodes.ts';

const yes = (by: ProbeWay): ProbeAnswer => ({ answers: true, by, tookMs: 5, seenAs: '1.2.3.4:5' });
const no = (by: ProbeWay): ProbeAnswer => ({ answers: false, by, reason: 'silence' });

/** Everybody named `up` answers by everything, `half` by UDP alone. */
const probe: NodeProbe = {
  discv4: async (record) => (record === 'down' ? no('discv4') : yes('discv4')),
  rlpx: async (record) => (record === 'up' ? { ...yes('rlpx'), client: 'Geth/v1' } : no('rlpx')),
  discv5: async (record) => (record === 'up' ? yes('discv5') : no('discv5')),
  libp2p: async () => no('libp2p'),
};

describe('the bootnodes of a network', () => {
  it('answer when they do by any way', async () => {
    const reports = await probeBootnodes({ enodes: ['up', 'half', 'down'], bootstrapEnrs: ['up'] }, probe);
    expect(reports.map(({ kind, record, answers }) => `${kind} ${record} ${answers}`)).toEqual([
      'execution up true',
      'execution half true',
      'execution down false',
      'consensus up true',
    ]);
    expect(bootnodeFindings('ephemery', reports)).toEqual([]);
    expect(seenAddresses(reports)).toHaveLength(4);
  });

  it('are told of when none of a layer answers, and not where there are none', async () => {
    const reports = await probeBootnodes({ enodes: ['down', 'down'], bootstrapEnrs: [] }, probe);
    const findings = bootnodeFindings('ephemery', reports);
    expect(findings.map(({ code, facts }) => [code, facts.asked])).toEqual([['EPH-PEERS-BOOTNODES-DEAD', 2]]);
  });
});
