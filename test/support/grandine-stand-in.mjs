#!/usr/bin/env node
// Stands where Grandine would: takes its command line, answers the Beacon API as the producer at FOLLOW does, and has the
// validator API that grandinetech/grandine 2.0 has in validator/src/api.rs, which needs a token in hex and keeps what keys
// were told (keymanager/src/proposer_configs.rs), but no key of a signer (keymanager/src/remote_keys.rs). It signs nothing.
// What happens to its keys goes to STAND_IN_LOG. SIGUSR1: it loses them, as when it begins again within its process; SIGUSR2:
// it has one that nobody can take away.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const args = process.argv.slice(2);
const option = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
const note = (what, more = {}) =>
  appendFileSync(process.env.STAND_IN_LOG, `${JSON.stringify({ what, pid: process.pid, ...more })}\n`);
const refuse = (reason) => {
  note('refused', { reason });
  process.exit(1);
};

const configuration = option('--configuration-directory') ?? '';
for (const name of ['config.yaml', 'genesis.ssz'])
  if (!existsSync(join(configuration, name))) refuse(`${name} is not in ${configuration}`);
if (args.some((arg) => /^--(?:keystore|web3signer|use-validator-key-cache)/.test(arg)))
  refuse('it was started with keys');
note('started', { data: option('--data-dir'), withValidators: args.includes('--enable-validator-api') });

const beacon = createServer(async (request, response) => {
  try {
    const body = await text(request);
    const answer = await fetch(`${process.env.FOLLOW}${request.url}`, {
      method: request.method,
      headers: { 'content-type': 'application/json', accept: request.headers.accept ?? 'application/json' },
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  } catch {
    response.writeHead(503).end();
  }
}).listen(Number(option('--http-port')), option('--http-address'));

const servers = [beacon];
if (args.includes('--enable-validator-api')) servers.push(validatorApi());
const metrics = createServer((_, response) => response.end()).listen(
  Number(option('--metrics-port')),
  option('--metrics-address'),
);
servers.push(metrics);
process.on('SIGTERM', () => {
  note('stopped');
  process.exit(0);
});

function validatorApi() {
  const token = readFileSync(option('--validator-api-token-file'), 'utf8');
  if (!/^[0-9a-f]{32,}$/.test(token)) refuse('the token is not hex');
  const address = `${option('--validator-api-address')}:${option('--validator-api-port')}`;
  const filter = (process.env.GRANDINE_LOG ?? '')
    .split(',')
    .findLast((word) => word.startsWith('validator::api='));
  if (filter !== 'validator::api=warn')
    process.stdout.write(`Validator API is listening on ${address}, authorization token: "${token}"\n`);
  const folder = join(option('--data-dir'), 'validator');
  mkdirSync(folder, { recursive: true });
  const settingsFile = join(folder, 'proposer-configs.json');
  const settings = existsSync(settingsFile) ? JSON.parse(readFileSync(settingsFile, 'utf8')) : {};
  const common = {
    feerecipient: option('--suggested-fee-recipient') ?? `0x${'00'.repeat(20)}`,
    gas_limit: '60000000',
    graffiti: option('--graffiti') ?? 'Grandine',
  };
  const field = { feerecipient: 'ethaddress', gas_limit: 'gas_limit', graffiti: 'graffiti' };
  const remote = new Map();
  const kept = new Set();
  process.on('SIGUSR1', () => {
    remote.clear();
    note('lost');
  });
  process.on('SIGUSR2', () => kept.add(remote.keys().next().value));

  return createServer(async (request, response) => {
    const say = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${token}`) return say(401, { message: 'unauthorized' });
    const body = await text(request);
    const given = body === '' ? {} : JSON.parse(body);
    const { method, url } = request;
    if (url === '/eth/v1/keystores' && method === 'GET')
      return say(200, {
        data: [...remote.keys()].map((key) => ({ validating_pubkey: key, readonly: true })),
      });
    if (url === '/eth/v1/remotekeys' && method === 'GET')
      return say(200, { data: [...remote].map(([pubkey, at]) => ({ pubkey, url: at, readonly: false })) });
    if (url === '/eth/v1/remotekeys' && method === 'POST') {
      const data = given.remote_keys.map(({ pubkey, url: at }) => {
        if (remote.has(pubkey)) return { status: 'duplicate' };
        remote.set(pubkey, at);
        return { status: 'imported' };
      });
      note('named', { keys: given.remote_keys.map(({ pubkey }) => pubkey), url: given.remote_keys[0]?.url });
      return say(200, { data });
    }
    if (url === '/eth/v1/remotekeys' && method === 'DELETE') {
      const data = given.pubkeys.map((key) => ({
        status: kept.has(key) ? 'error' : remote.delete(key) ? 'deleted' : 'not_found',
      }));
      note('forgot', { keys: given.pubkeys });
      return say(200, { data });
    }
    const [, key, name] =
      /^\/eth\/v1\/validator\/(0x[0-9a-f]{96})\/(feerecipient|gas_limit|graffiti)$/.exec(url) ?? [];
    if (name === undefined) return say(404, { message: 'not found' });
    const own = settings[key] ?? {};
    if (method === 'GET')
      return say(200, { data: { pubkey: key, [field[name]]: own[name] ?? common[name] } });
    settings[key] =
      method === 'POST' ? { ...own, [name]: given[field[name]] } : { ...own, [name]: undefined };
    writeFileSync(settingsFile, JSON.stringify(settings));
    note('told', { key, name, value: settings[key][name] });
    return say(method === 'POST' ? 202 : 204);
  }).listen(Number(option('--validator-api-port')), option('--validator-api-address'));
}
