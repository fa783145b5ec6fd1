import { defineFindings, finding } from './finding.ts';

/** What is worth telling of a node's peers and of the ways in which it is found. */
export const peersFindings = defineFindings({
  'EPH-PEERS-NONE': finding<{ layer: string; forSeconds: number }>({
    severity: 'critical',
    short: 'A client has no peers',
    long: (f) => `The ${f.layer} client has had no peer for ${Math.round(f.forSeconds / 60)} min.`,
    remedy: () =>
      'See whether any bootnode answers (ephemery network bootnodes), and whether outgoing UDP and TCP are let through.',
  }),
  'EPH-PEERS-FEW': finding<{ layer: string; connected: number; usual: number }>({
    severity: 'warning',
    short: 'A client has few peers',
    long: (f) => `The ${f.layer} client has ${f.connected} peers; ${f.usual} are few already.`,
    remedy: () =>
      'Give it time after a start. If it stays so: ephemery doctor, for the ports that must be open.',
  }),
  'EPH-PEERS-NO-INBOUND': finding<{ layer: string; connected: number; ports: string; forSeconds: number }>({
    severity: 'warning',
    short: 'Nobody connects to a client from outside',
    long: (f) =>
      `All ${f.connected} peers of the ${f.layer} client were called by ourselves, for ${Math.round(f.forSeconds / 60)} min: its port is most likely closed to the outside.`,
    remedy: (f) =>
      `Forward ${f.ports} in the router to this machine, and let them through its firewall. The node works without, with fewer and slower peers.`,
  }),
  'EPH-PEERS-BOOTNODES-DEAD': finding<{ network: string; asked: number; kind: string }>({
    severity: 'critical',
    short: 'No bootnode of the network answers',
    long: (f) => `None of the ${f.asked} ${f.kind} bootnodes of ${f.network} answered.`,
    remedy: () =>
      'See whether outgoing UDP is let through. If it is, the network’s own hosts are down: new nodes then find peers only through those that they know.',
  }),
  'EPH-PEERS-PORT-CLOSED': finding<{ layer: string; address: string; transport: string; detail: string }>({
    severity: 'warning',
    short: 'A port that peers must reach does not answer at its outer address',
    long: (f) =>
      `The ${f.layer} client announces ${f.address} (${f.transport}), and nobody answers there: ${f.detail}.`,
    remedy: (f) =>
      `Forward ${f.transport} ${f.address.slice(f.address.lastIndexOf(':') + 1)} in the router to this machine. Some routers do not let us see our own outer address: then ask from elsewhere.`,
  }),
  'EPH-PEERS-FORWARD': finding<{ target: string; ports: string; outer: string }>({
    severity: 'info',
    short: 'Ports that peers of a client have to reach',
    long: (f) =>
      `Nobody has called the ${f.target} client from outside so far. For that ${f.ports} at ${f.outer} must lead to this machine.`,
    remedy: (f) =>
      `In the router, under port forwarding: ${f.ports} to the address of this machine in the local network, the same numbers inside. In a firewall of this machine: let ${f.ports} in. All other ports of the clients are for this machine alone and stay closed.`,
  }),
  'EPH-PEERS-ADDRESS': finding<{ layer: string; announced: string; kind: string }>({
    severity: 'info',
    short: 'A client announces an address that others cannot reach',
    long: (f) => `The ${f.layer} client announces ${f.announced}, which is ${f.kind}.`,
    remedy: () =>
      'It changes by itself once peers have told the client its outer address. Where it does not, set `externalAddress` of the node to the address under which others see this host.',
  }),
});
