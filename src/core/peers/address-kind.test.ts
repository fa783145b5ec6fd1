import { describe, expect, it } from 'vitest';
import { addressKind, commonHost } from './address-kind.ts';

describe('the kind of an address', () => {
  it.each([
    ['203.0.113.7', 'public'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::', 'unspecified'],
    ['fe80::1', 'private'],
    ['2001:db8::1', 'public'],
    ['node.example', 'name'],
    ['1.2.3.999', 'name'],
  ] as const)('of %s is %s', (host, kind) => {
    expect(addressKind(host)).toBe(kind);
  });
});

describe('our address as others see it', () => {
  it('is what most of them say', () => {
    expect(commonHost(['1.2.3.4:5', '9.9.9.9:5', '1.2.3.4:6'])).toBe('1.2.3.4');
    expect(commonHost([])).toBeUndefined();
  });
});
