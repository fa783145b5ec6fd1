import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';

// A network that began ten seconds ago, at Fulu, which EthereumJS does not know.
const timing = { periodSeconds: 86_400, genesisDelaySeconds: 600 };

let home: EphemeryHome;
beforeEach(async () => {
  home = await EphemeryHome.create();
  const startSeconds = Math.floor(Date.now() / 1000) - 10;
  const [key] = deriveValidatorKeys('plan', 1);
  const line = `0x${Buffer.from(key?.pubkey ?? []).toString('hex')}:0x01${'00'.repeat(31)}:32000000000`;
  const inputs = devnetInputs({
    ...timing,
    iteration: 0,
    chainId: 7_000_000,
    startSeconds,
    slotSeconds: 12,
    validators: [{ name: 'all', lines: [line] }],
  });
  const release = await buildRelease({ inputs, iteration: 0, lastFork: 'fulu', tagPrefix: 'mine-' });
  await writeRelease(release, join(home.folder, 'published', release.tag));
  const definition = {
    ...timing,
    name: 'mine',
    baseTimeSeconds: startSeconds,
    baseChainId: 7_000_000,
    releaseSources: [{ kind: 'directory', path: './published' }],
  };
  await writeFile(join(home.folder, 'network.yaml'), JSON.stringify(definition));
});
afterEach(() => home.close());

async function switchTo(execution: string) {
  const { code, stdout } = await home.run('clients', 'switch', 'home', '--execution', execution, '--dry-run');
  return { code, report: JSON.parse(stdout) as object };
}

async function planFor(execution: string) {
  const clients = { execution: { client: execution }, consensus: { client: 'lighthouse' } };
  const nodes = { home: { network: 'mine', ...clients } };
  const networks = { mine: { file: './network.yaml' } };
  await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify({ version: 1, networks, nodes }));
  const { code, stdout } = await home.run('plan');
  return { code, plan: (JSON.parse(stdout) as unknown[])[0] };
}

it('a plan that nothing can come of ends with the code of a check that found something', async () => {
  expect(await home.ask('network', 'fetch', './network.yaml')).toMatchObject({ outcome: 'held' });
  expect(await planFor('ethereumjs')).toMatchObject({
    code: 3,
    plan: { steps: [], findings: [{ code: 'EPH-NODE-CLIENT-TOO-OLD' }] },
  });
  expect(await planFor('reth')).toMatchObject({ code: 0, plan: { target: { iteration: 0 } } });
  expect(await switchTo('ethereumjs')).toMatchObject({
    code: 3,
    report: { done: 'nothing', plan: { steps: [], findings: [{ code: 'EPH-NODE-CLIENT-TOO-OLD' }] } },
  });
  expect(await switchTo('geth')).toMatchObject({ code: 0, report: { done: 'nothing' } });
});
