/** A port that a program opens unless it is told otherwise. */
export interface OpenedPort {
  readonly what: string;
  readonly protocol: 'tcp' | 'udp' | 'tcp+udp';
  /** Its flag; the value ends with the number. */
  readonly flag: string;
  /** The argument with which it opens none. */
  readonly off?: string;
  /** The argument without which it opens none. */
  readonly on?: string;
  /** Of versions that are later than the one that is run unless told otherwise. */
  readonly isLater?: true;
}

function tcp(what: string, flag: string): OpenedPort {
  return { what, protocol: 'tcp', flag };
}
function udp(what: string, flag: string): OpenedPort {
  return { what, protocol: 'udp', flag };
}
function both(what: string, flag: string): OpenedPort {
  return { what, protocol: 'tcp+udp', flag };
}

/**
 * What each program of the catalogue listens on with our command line, by its own sources and its references: what
 * those switch on by default, and what our flags switch on. WebSockets are off everywhere, or on the port of the RPC.
 */
export const openedPorts: Readonly<Record<string, readonly OpenedPort[]>> = {
  'execution.geth': [
    tcp('HTTP', '--http.port'),
    tcp('engine', '--authrpc.port'),
    tcp('p2p', '--port'),
    udp('discovery', '--discovery.port'),
    tcp('metrics', '--metrics.port'),
  ],
  'execution.nethermind': [
    tcp('HTTP and WebSocket', '--JsonRpc.Port'),
    tcp('engine', '--JsonRpc.EnginePort'),
    tcp('p2p', '--Network.P2PPort'),
    udp('discovery', '--Network.DiscoveryPort'),
    tcp('metrics', '--Metrics.ExposePort'),
  ],
  'execution.besu': [
    tcp('HTTP', '--rpc-http-port'),
    tcp('engine', '--engine-rpc-port'),
    both('p2p and discovery', '--p2p-port'),
    tcp('metrics', '--metrics-port'),
  ],
  'execution.erigon': [
    tcp('HTTP and WebSocket', '--http.port'),
    tcp('engine', '--authrpc.port'),
    tcp('gRPC', '--private.api.addr'),
    tcp('MCP', '--mcp.port'),
    // One for all versions of the protocol since 3.5: before, each had one more of a list.
    both('p2p and discovery', '--port'),
    both('torrent', '--torrent.port'),
    tcp('metrics', '--metrics.port'),
  ],
  'execution.reth': [
    tcp('HTTP', '--http.port'),
    tcp('engine', '--authrpc.port'),
    tcp('p2p', '--port'),
    udp('discv4', '--discovery.port'),
    udp('discv5', '--discovery.v5.port'),
    tcp('metrics', '--metrics'),
  ],
  'execution.ethrex': [
    tcp('HTTP', '--http.port'),
    tcp('engine', '--authrpc.port'),
    tcp('p2p', '--p2p.port'),
    udp('discovery', '--discovery.port'),
    tcp('metrics', '--metrics.port'),
  ],
  'execution.nimbus-eth1': [
    tcp('HTTP and WebSocket', '--http-port'),
    tcp('engine', '--engine-api-port'),
    tcp('p2p', '--tcp-port'),
    udp('discovery', '--udp-port'),
    tcp('metrics', '--metrics-port'),
  ],
  'execution.ethereumjs': [
    tcp('HTTP', '--rpcPort'),
    tcp('engine', '--rpcEnginePort'),
    { ...both('p2p and discovery', '--port'), off: '--sync=none' },
    { ...tcp('metrics', '--prometheusPort'), on: '--prometheus' },
  ],
  'consensus.lighthouse': [
    tcp('Beacon API', '--http-port'),
    both('p2p and discovery', '--port'),
    udp('QUIC', '--quic-port'),
    tcp('metrics', '--metrics-port'),
  ],
  'consensus.lodestar': [
    tcp('Beacon API', '--rest.port'),
    tcp('p2p', '--port'),
    udp('discovery', '--discoveryPort'),
    udp('QUIC', '--quicPort'),
    tcp('metrics', '--metrics.port'),
  ],
  'consensus.nimbus': [
    tcp('Beacon API', '--rest-port'),
    tcp('p2p', '--tcp-port'),
    udp('discovery', '--udp-port'),
    { ...udp('QUIC', '--quic-port'), isLater: true },
    tcp('metrics', '--metrics-port'),
  ],
  'consensus.prysm': [
    tcp('Beacon API', '--http-port'),
    tcp('gRPC', '--rpc-port'),
    tcp('p2p', '--p2p-tcp-port'),
    udp('discovery', '--p2p-udp-port'),
    udp('QUIC', '--p2p-quic-port'),
    tcp('metrics', '--monitoring-port'),
  ],
  'consensus.teku': [
    tcp('Beacon API', '--rest-api-port'),
    both('p2p and discovery', '--p2p-port'),
    udp('QUIC', '--p2p-quic-port'),
    tcp('metrics', '--metrics-port'),
  ],
  'consensus.grandine': [
    tcp('Beacon API', '--http-port'),
    tcp('p2p', '--libp2p-port'),
    udp('discovery', '--discovery-port'),
    udp('QUIC', '--quic-port'),
    tcp('metrics', '--metrics-port'),
  ],
  // The gRPC port of its sentinel is one that the system chooses: the program never takes that flag's value.
  'consensus.caplin': [
    tcp('Beacon API', '--beacon.api.port'),
    tcp('p2p', '--sentinel.tcp.port'),
    udp('discovery', '--discovery.port'),
    { ...udp('QUIC', '--sentinel.quic.port'), isLater: true },
    tcp('metrics', '--pprof.port'),
  ],
  'consensus.caplin-embedded': [
    tcp('Beacon API', '--beacon.api.port'),
    tcp('p2p', '--caplin.discovery.tcpport'),
    udp('discovery', '--caplin.discovery.port'),
    { ...udp('QUIC', '--caplin.discovery.quicport'), isLater: true },
    tcp('gRPC of its sentinel', '--sentinel.port'),
  ],
  'consensus.mayfly': [tcp('Beacon API', '--api-port')],
  'validator.lighthouse': [tcp('keymanager', '--http-port'), tcp('metrics', '--metrics-port')],
  'validator.lodestar': [tcp('keymanager', '--keymanager.port'), tcp('metrics', '--metrics.port')],
  'validator.nimbus': [tcp('keymanager', '--keymanager-port'), tcp('metrics', '--metrics-port')],
  'validator.prysm': [tcp('keymanager', '--http-port'), tcp('metrics', '--monitoring-port')],
  'validator.teku': [tcp('keymanager', '--validator-api-port'), tcp('metrics', '--metrics-port')],
  'validator.grandine': [tcp('keymanager', '--validator-api-port')],
  'validator.vero': [tcp('keymanager', '--keymanager-api-port'), tcp('metrics', '--metrics-port')],
  'validator.mayfly': [tcp('keymanager', '--api-port')],
  'signer.web3signer': [tcp('API and keymanager', '--http-listen-port'), tcp('metrics', '--metrics-port')],
  'database.postgresql': [tcp('SQL', '--port')],
};
