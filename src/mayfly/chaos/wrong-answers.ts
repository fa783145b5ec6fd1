const nobodysRoot = `0x${'ba'.repeat(32)}`;

/** What a lying API says in place of a true JSON answer, or the answer itself. */
export function wrongAnswer(path: string, lies: { genesis: boolean; head: boolean }, body: unknown): unknown {
  if (lies.genesis && path === '/eth/v1/beacon/genesis') {
    return withData(body, { genesis_validators_root: nobodysRoot });
  }
  if (lies.head && path === '/eth/v1/beacon/headers/head') return withData(body, { root: nobodysRoot });
  if (lies.head && path === '/eth/v1/beacon/blocks/head/root') return withData(body, { root: nobodysRoot });
  return body;
}

function withData(body: unknown, changes: Readonly<Record<string, string>>): unknown {
  if (typeof body !== 'object' || body === null || !('data' in body)) return body;
  const { data } = body;
  return typeof data === 'object' && data !== null ? { ...body, data: { ...data, ...changes } } : body;
}
