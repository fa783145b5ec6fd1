import { parseEnode, parseEnr } from '../../chain/discovery/node-address.ts';
import type { OwnIdentity } from '../../chain/node-network.ts';

export interface AnnouncedAddress {
  readonly host: string;
  readonly tcpPort: number;
  readonly udpPort: number;
}

/** Where a client says that it is reached; undefined when it says nothing that can be read. */
export function announcedBy({ enode, enr }: OwnIdentity): AnnouncedAddress | undefined {
  const address = enode === undefined ? undefined : parseEnode(enode);
  if (address !== undefined) return address;
  const record = enr === undefined ? undefined : parseEnr(enr);
  if (record?.host === undefined) return undefined;
  const { host, tcpPort = 0, udpPort = 0 } = record;
  return { host, tcpPort, udpPort };
}
