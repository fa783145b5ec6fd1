import { describe, expect, it } from 'vitest';
import { newKeyPair } from './key-pair.ts';
import { hostText, nodeIdOf, ownRecord, parseEnode, parseEnr } from './node-address.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
// The example of EIP-778.
const example =
  'enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8';

describe('a node record', () => {
  it('is read as EIP-778 has it', () => {
    const record = parseEnr(example);
    expect(record).toMatchObject({ seq: 1, host: '127.0.0.1', udpPort: 30_303 });
    expect(hex(record?.nodeId ?? new Uint8Array())).toBe(
      'a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7',
    );
  });

  it('is nothing with a bit turned, of another scheme, too long or no record at all', () => {
    const bytes = Buffer.from(example.slice(4), 'base64url');
    bytes[bytes.length - 1] = 0;
    const texts = [`enr:${bytes.toString('base64url')}`, 'enr:AAAA', 'enr:', '', `enr:${'A'.repeat(900)}`];
    expect(texts.map(parseEnr)).toEqual(texts.map(() => undefined));
  });

  it('of our own is read by ourselves', () => {
    const keys = newKeyPair();
    const record = parseEnr(`enr:${Buffer.from(ownRecord(keys)).toString('base64url')}`);
    expect(hex(record?.nodeId ?? new Uint8Array())).toBe(hex(nodeIdOf(keys.full)));
    expect(record).not.toHaveProperty('host');
  });
});

describe('an enode address', () => {
  const key = hex(newKeyPair().full);

  it('has its host and both ports', () => {
    expect(parseEnode(`enode://${key}@1.2.3.4:30303?discport=30304`)).toMatchObject({
      host: '1.2.3.4',
      tcpPort: 30_303,
      udpPort: 30_304,
    });
    expect(parseEnode(`enode://${key}@[::1]:5`)).toMatchObject({ host: '::1', udpPort: 5 });
  });

  it('is nothing when the key is no point of the curve, or a port none', () => {
    const others = [
      `enode://${'ff'.repeat(64)}@h:1`,
      `enode://${key}@h:70000`,
      `enode://${key}@h`,
      'enode://',
    ];
    expect(others.map(parseEnode)).toEqual(others.map(() => undefined));
  });
});

describe('an address in bytes', () => {
  it('is written in its own form', () => {
    expect(hostText(Uint8Array.of(10, 0, 0, 1))).toBe('10.0.0.1');
    expect(hostText(Uint8Array.from([...Array(15).fill(0), 1]))).toBe('0:0:0:0:0:0:0:1');
  });
});
