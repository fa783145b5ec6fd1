import { describe, expect, it } from 'vitest';
import { isLoopbackUrl } from './loopback.ts';

describe('a URL of the loopback', () => {
  it.each([
    'http://127.0.0.1:18550',
    'http://127.1:18550/path',
    'http://127.8.8.8',
    'https://localhost',
    'http://builder.localhost:1',
    'http://[::1]:9000',
    'postgresql://127.0.0.1:5432/signer',
    'postgresql://localhost/signer',
  ])('is %s', (url) => {
    expect(isLoopbackUrl(url)).toBe(true);
  });

  it.each([
    'http://10.0.0.1:18550',
    'http://127.example.org',
    'https://localhost.example.org',
    'http://[::2]',
    'not a url',
  ])('is not %s', (url) => {
    expect(isLoopbackUrl(url)).toBe(false);
  });
});
