import { describe, expect, it } from 'vitest';
import { parseEnodes, parseEnrs } from './node-records.ts';

const key = 'ab'.repeat(64);

describe('bootnodes of a release', () => {
  it('are taken in each form that an enode has', () => {
    const enodes = [
      `enode://${key}@137.74.203.240:30303`,
      `enode://${key}@[2001:db8::1]:30303`,
      `enode://${key}@boot.example.org:30303?discport=0`,
    ];
    const text = `# list\n\n${enodes.join('\r\n')}\n${enodes[0]}\n`;
    expect(parseEnodes(text)).toEqual({ records: enodes, refused: 0 });
  });

  it.each([
    '--rpc.addr=0.0.0.0',
    `enode://${key}@host:30303 --flag`,
    `enode://${key}@host:30303,--flag`,
    `enode://${key.slice(1)}@host:1`,
    `enode://${key}@host`,
    `enode://${key}@$(id):1`,
  ])('that would be something else on a command line are refused: %s', (line) => {
    expect(parseEnodes(line)).toEqual({ records: [], refused: 1 });
  });

  it('of the consensus layer are ENRs within their length', () => {
    const enr = `enr:-${'Iq4QNMYHuJGbnXyBj6FP_-'.repeat(6)}`;
    expect(parseEnrs(`${enr}\n`)).toEqual({ records: [enr], refused: 0 });
    expect(parseEnrs(`enr:${'a'.repeat(401)}\nenr:a b\nenode://x`)).toEqual({ records: [], refused: 3 });
  });
});
