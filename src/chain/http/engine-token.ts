import { createHmac } from 'node:crypto';

/**
 * A fresh token for one Engine API call: HS256 over `{"iat": now}`. The execution client accepts 60 s of
 * drift either way. Source: ethereum/execution-apis, src/engine/authentication.md.
 */
export function engineToken(key: Uint8Array, nowMs: number): string {
  const head = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));
  const body = base64url(JSON.stringify({ iat: Math.floor(nowMs / 1000) }));
  const signature = createHmac('sha256', key).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}

/** The 32-byte key in a JWT secret file: 64 hex digits, with or without 0x. Undefined when it is anything else. */
export function parseJwtKey(text: string): Uint8Array | undefined {
  const hex = text.trim().replace(/^0x/, '');
  return /^[0-9a-fA-F]{64}$/.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
