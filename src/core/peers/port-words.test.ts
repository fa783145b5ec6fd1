import { expect, it } from 'vitest';
import { publicPortWords } from './port-words.ts';

it('names the ports that peers must reach, and no others', () => {
  const declared = [
    { name: 'p2p', protocol: 'tcp+udp', exposure: 'public' },
    { name: 'quic', protocol: 'udp', exposure: 'public' },
    { name: 'rpc', protocol: 'tcp', exposure: 'loopback' },
    { name: 'not-given', protocol: 'tcp', exposure: 'public' },
  ];
  expect(publicPortWords(declared, { p2p: 9_000, quic: 9_001, rpc: 5 })).toBe('TCP and UDP 9000, UDP 9001');
  expect(publicPortWords([], {})).toBe('');
});
