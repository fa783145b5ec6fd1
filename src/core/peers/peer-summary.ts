/** What the peers of one client amount to. */
export interface PeerSummary {
  readonly connected: number;
  /** Absent where the client does not say. */
  readonly inbound?: number;
  readonly outbound?: number;
  /** Client name to number of peers, the most common first; empty where nobody says. */
  readonly clients: readonly { readonly client: string; readonly count: number }[];
}

interface CountedPeer {
  readonly direction: 'inbound' | 'outbound' | 'unknown';
  readonly client?: string;
}

const mostClients = 20;

export function summarisePeers(peers: readonly CountedPeer[]): PeerSummary {
  const count = (direction: CountedPeer['direction']) =>
    peers.filter((peer) => peer.direction === direction).length;
  const isDirected = peers.length === 0 || count('unknown') < peers.length;
  const counts = new Map<string, number>();
  for (const { client } of peers) {
    if (client === undefined) continue;
    const name = clientName(client);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const clients = [...counts]
    .map(([client, number]) => ({ client, count: number }))
    .sort((a, b) => b.count - a.count || a.client.localeCompare(b.client));
  return {
    connected: peers.length,
    ...(isDirected ? { inbound: count('inbound'), outbound: count('outbound') } : {}),
    clients: clients.slice(0, mostClients),
  };
}

/** `Geth/v1.17.6-stable/linux-amd64/go1.25` is geth. What peers call themselves is anything at all. */
export function clientName(agent: string): string {
  const name = /^[A-Za-z][A-Za-z0-9 _.-]{0,30}/.exec(agent)?.[0]?.trim().toLowerCase();
  return name === undefined || name === '' ? 'other' : name;
}
