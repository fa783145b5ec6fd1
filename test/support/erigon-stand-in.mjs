// Stands where Erigon (`erigon`) and its Caplin (`caplin`) would: the first argument says which. It takes that program's
// command line and ends on a flag that it does not know, or without one that it needs; what it answers of its network it
// has from the files that it was given. Its chain has a block in each slot, by the clock.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';

const [name, ...args] = process.argv.slice(2);
const version = '3.7.0';

function fail(why) {
  process.stderr.write(`${name}: ${why}\n`);
  process.exit(1);
}

/** What each takes, and of that what it does not run without here; Erigon's own and those of Caplin in it apart. */
const erigonFlags = {
  switches: ['externalcl', 'http', 'nodiscover', 'metrics'],
  needed: [
    ...['http', 'metrics'],
    ...[
      'datadir',
      'networkid',
      'prune.mode',
      'http.addr',
      'http.port',
      'http.api',
      'authrpc.addr',
      'authrpc.port',
    ],
    ...['authrpc.vhosts', 'authrpc.jwtsecret', 'private.api.addr', 'mcp.port', 'port', 'torrent.port'],
    ...['metrics.addr', 'metrics.port'],
  ],
  more: ['bootnodes', 'nat', 'log.console.verbosity'],
};
const insideFlags = {
  switches: [],
  needed: [
    ...['caplin.custom-config', 'caplin.custom-genesis', 'beacon.api', 'beacon.api.addr', 'beacon.api.port'],
    ...['caplin.discovery.addr', 'caplin.discovery.port', 'caplin.discovery.tcpport'],
    ...['sentinel.addr', 'sentinel.port'],
  ],
  more: ['sentinel.bootnodes', 'caplin.nat', 'caplin.checkpoint-sync-url', 'caplin.mev-relay-url'],
};
const caplinFlags = {
  switches: ['engine.api', 'pprof'],
  needed: [
    ...['engine.api', 'pprof'],
    ...['datadir', 'custom-config', 'custom-genesis-state', 'engine.api.host', 'engine.api.port'],
    ...[
      'engine.api.jwtsecret',
      'discovery.addr',
      'discovery.port',
      'sentinel.tcp.port',
      'pprof.addr',
      'pprof.port',
    ],
    ...['beacon.api', 'beacon.api.addr', 'beacon.api.port'],
  ],
  more: ['sentinel.bootnodes', 'caplin.checkpoint-sync-url', 'mev-relay-url'],
};

function parse(given, ...tables) {
  const found = new Map();
  for (const argument of given) {
    const [, flag, value] =
      /^--([a-z0-9.-]+)(?:=(.*))?$/s.exec(argument) ?? fail(`unexpected argument ${argument}`);
    const isSwitch = tables.some(({ switches }) => switches.includes(flag));
    const isKnown = isSwitch || tables.some(({ needed, more }) => [...needed, ...more].includes(flag));
    if (!isKnown) fail(`flag provided but not defined: -${flag}`);
    if (isSwitch !== (value === undefined)) fail(`flag -${flag} ${isSwitch ? 'takes no' : 'needs a'} value`);
    if (found.has(flag)) fail(`flag -${flag} is given twice`);
    found.set(flag, value ?? '');
  }
  for (const flag of tables.flatMap(({ needed }) => needed))
    if (!found.has(flag)) fail(`flag -${flag} is missing`);
  return (flag) => found.get(flag);
}

const digest = (text) => `0x${createHash('sha256').update(text).digest('hex')}`;
const hex = (number) => `0x${number.toString(16)}`;

/** What the files of a consensus layer say. Sources: the order of BeaconState's fields, consensus-specs; genesis.ssz is one. */
function networkOf(configFile, stateFile) {
  const config = readFileSync(configFile, 'utf8');
  const of = (key) =>
    new RegExp(`^${key}: *['"]?([^'"\\s#]+)`, 'm').exec(config)?.[1] ?? fail(`no ${key} in ${configFile}`);
  const state = readFileSync(stateFile);
  return {
    config: {
      SECONDS_PER_SLOT: of('SECONDS_PER_SLOT'),
      SLOTS_PER_EPOCH: '32',
      PRESET_BASE: of('PRESET_BASE'),
    },
    genesisTime: Number(state.readBigUInt64LE(0)),
    validatorsRoot: `0x${state.subarray(8, 40).toString('hex')}`,
    forkVersion: of('GENESIS_FORK_VERSION'),
    slotSeconds: Number(of('SECONDS_PER_SLOT')),
  };
}

const slotAt = ({ genesisTime, slotSeconds }) =>
  Math.max(0, Math.floor((Date.now() / 1_000 - genesisTime) / slotSeconds));
const payloadHash = (genesis, slot) => digest(`${genesis} ${slot}`);

function serve(address, port, answer) {
  createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const [status, body] = await answer(request, Buffer.concat(parts).toString());
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  })
    .on('error', ({ message }) => fail(message))
    .listen(Number(port), address);
}

/** A port that nobody asks anything: two of one number end the program. */
function hold(address, port) {
  createSocketServer()
    .on('error', ({ message }) => fail(message))
    .listen(Number(port), address);
}

function serveExecution(address, port, chain) {
  const block = (number) => ({
    number: hex(number),
    hash: number === 0 ? chain.genesisHash : payloadHash(chain.genesisHash, number),
    timestamp: hex(chain.timestamp + number),
  });
  const methods = {
    eth_chainId: () => hex(chain.chainId),
    eth_syncing: () => false,
    eth_blockNumber: () => hex(chain.head()),
    eth_getBlockByNumber: ([which]) => block(which === 'latest' ? chain.head() : Number(which)),
    net_peerCount: () => '0x1',
    web3_clientVersion: () => `erigon/${version}/stand-in`,
    admin_peers: () => [
      { name: 'erigon/another', network: { inbound: false, remoteAddress: '192.0.2.1:30303' } },
    ],
    admin_nodeInfo: () => ({
      enode: `enode://${'5a'.repeat(64)}@127.0.0.1:30303`,
      ip: '127.0.0.1',
      ports: {},
    }),
  };
  serve(address, port, (_, body) => {
    const { id, method, params } = JSON.parse(body);
    const called = methods[method];
    const error = { code: -32601, message: `the method ${method} does not exist` };
    return [200, { jsonrpc: '2.0', id, ...(called === undefined ? { error } : { result: called(params) }) }];
  });
}

function serveBeacon(address, port, network, { genesisHash, isOffline }) {
  const root = (slot) => digest(`${network.validatorsRoot} ${slot}`);
  const head = () => slotAt(network);
  const epoch = () => Math.max(0, Math.floor(head() / 32) - 2);
  const checkpoint = () => ({ epoch: String(epoch()), root: root(epoch() * 32) });
  const routes = [
    [
      /^\/eth\/v1\/beacon\/genesis$/,
      () => ({
        genesis_time: String(network.genesisTime),
        genesis_validators_root: network.validatorsRoot,
        genesis_fork_version: network.forkVersion,
      }),
    ],
    [/^\/eth\/v1\/node\/version$/, () => ({ version: `Caplin/${version} stand-in` })],
    [
      /^\/eth\/v1\/node\/syncing$/,
      async () => ({
        head_slot: String(head()),
        sync_distance: '0',
        is_syncing: false,
        is_optimistic: false,
        el_offline: await isOffline(),
      }),
    ],
    [/^\/eth\/v1\/node\/peer_count$/, () => ({ connected: '1' })],
    [
      /^\/eth\/v1\/node\/peers$/,
      () => [{ state: 'connected', direction: 'outbound', last_seen_p2p_address: '/ip4/192.0.2.1/tcp/9000' }],
    ],
    [/^\/eth\/v1\/node\/identity$/, () => ({ enr: '', p2p_addresses: [] })],
    [/^\/eth\/v1\/config\/spec$/, () => network.config],
    [
      /^\/eth\/v1\/beacon\/states\/head\/finality_checkpoints$/,
      () => ({ finalized: checkpoint(), current_justified: checkpoint(), previous_justified: checkpoint() }),
    ],
    [
      /^\/eth\/v1\/beacon\/headers\/head$/,
      () => ({ root: root(head()), header: { message: { slot: String(head()) } } }),
    ],
    [
      /^\/eth\/v2\/beacon\/blocks\/(0x[0-9a-f]{64})$/,
      (asked) => {
        const now = head();
        const slot = [now, now - 1, now - 2].find((each) => root(each) === asked);
        const block_hash = payloadHash(genesisHash, slot);
        return slot === undefined ? undefined : { message: { body: { execution_payload: { block_hash } } } };
      },
    ],
  ];
  serve(address, port, async ({ url }) => {
    const path = url.split('?')[0];
    for (const [pattern, answer] of routes) {
      const match = pattern.exec(path);
      const data = match === null ? undefined : await answer(match[1]);
      if (data !== undefined) return [200, { data }];
    }
    return [404, { code: 404, message: `${path} is not served` }];
  });
}

async function initialise(given) {
  const genesisFile = given.at(-1);
  const data = parse(given.slice(0, -1), { switches: [], needed: ['datadir'], more: [] })('datadir');
  const text = readFileSync(genesisFile, 'utf8');
  const { executionBlockHashOf } = await import('../../dist/genesis/execution/block-hash-of.js');
  const genesis = JSON.parse(text);
  const chain = {
    chainId: genesis.config.chainId,
    timestamp: Number(genesis.timestamp),
    genesisHash: executionBlockHashOf(text) ?? fail(`${genesisFile} is no genesis`),
  };
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'chain.json'), JSON.stringify(chain));
}

function runErigon(given) {
  const isAlone = given.includes('--externalcl');
  const flag = parse(given, erigonFlags, ...(isAlone ? [] : [insideFlags]));
  // Without either it would look for the public network's nodes.
  if ((flag('nodiscover') ?? flag('bootnodes')) === undefined) fail('flag -nodiscover is missing');
  const chain = JSON.parse(readFileSync(join(flag('datadir'), 'chain.json'), 'utf8'));
  if (chain.chainId !== Number(flag('networkid'))) fail(`the data are of chain ${chain.chainId}`);
  if (!/^(0x)?[0-9a-f]{64}\s*$/.test(readFileSync(flag('authrpc.jwtsecret'), 'utf8'))) fail('no secret');
  const [privateAddress, privatePort] = flag('private.api.addr').split(':');
  hold(privateAddress, privatePort);
  for (const port of ['mcp.port', 'port', 'torrent.port']) hold('127.0.0.1', flag(port));
  hold(flag('metrics.addr'), flag('metrics.port'));
  // Alone it has no consensus layer to tell it of blocks but by its Engine API; here the clock does, a slot a second.
  const clockHead = () => slotAt({ genesisTime: chain.timestamp, slotSeconds: 1 });
  if (isAlone) {
    hold(flag('authrpc.addr'), flag('authrpc.port'));
    serveExecution(flag('http.addr'), flag('http.port'), { ...chain, head: clockHead });
    return;
  }
  const network = networkOf(flag('caplin.custom-config'), flag('caplin.custom-genesis'));
  hold(flag('caplin.discovery.addr'), flag('caplin.discovery.tcpport'));
  hold(flag('sentinel.addr'), flag('sentinel.port'));
  serveExecution(flag('http.addr'), flag('http.port'), { ...chain, head: () => slotAt(network) });
  serveBeacon(flag('beacon.api.addr'), flag('beacon.api.port'), network, {
    genesisHash: chain.genesisHash,
    isOffline: () => false,
  });
}

function runCaplin(given) {
  const flag = parse(given, caplinFlags);
  const network = networkOf(flag('custom-config'), flag('custom-genesis-state'));
  const { hostname } = new URL(flag('engine.api.host'));
  hold(flag('discovery.addr'), flag('discovery.port'));
  hold(flag('pprof.addr'), flag('pprof.port'));
  serveBeacon(flag('beacon.api.addr'), flag('beacon.api.port'), network, {
    genesisHash: network.validatorsRoot,
    isOffline: () =>
      new Promise((resolve) => {
        const socket = connect(Number(flag('engine.api.port')), hostname);
        socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
        socket.on('connect', () => socket.destroy());
      }),
  });
}

if (args[0] === '--version') {
  process.stdout.write(`${name} version ${version}\n`);
} else if (name === 'erigon' && args[0] === 'init') {
  await initialise(args.slice(1));
} else {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
  (name === 'erigon' ? runErigon : runCaplin)(args);
  process.stdout.write(`${name} runs with ${args.join(' ')}\n`);
}
