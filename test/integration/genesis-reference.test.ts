import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import type { BuiltRelease } from '../../src/genesis/build-release.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { genesisForks } from '../../src/genesis/consensus/build.ts';
import { genesisValidators } from '../../src/genesis/genesis-validators.ts';
import type { GenesisInputs } from '../../src/genesis/inputs.ts';
import { readInputs } from '../../src/genesis/read-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { describeIf } from '../support/describe-if.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';
import { missingSharedData, sharedData } from '../support/shared-data.ts';

const realInputs = 'ephemery-genesis-160';
const fixture = join(import.meta.dirname, '../fixtures/genesis-inputs');

function sha256OfState(release: BuiltRelease): string {
  return createHash('sha256')
    .update(release.files.get(bundleFiles.consensusGenesis) ?? '')
    .digest('hex');
}

describeIf(missingSharedData(realInputs))('the 30,200 validators of the public network', () => {
  // What eth-beacon-genesis 899ec78 (0.0.5, go-ethereum 499762852c) wrote and printed for the same inputs.
  it('have the genesis of iteration 160 that the public generator makes', async () => {
    const inputs = await readInputs(join(sharedData, realInputs));
    const release = await buildRelease({ inputs, iteration: 160, archives: false });
    expect(release.identity).toEqual({
      iteration: 160,
      chainId: 39_438_160,
      genesisValidatorsRoot: '0xbd37519e9c7005e838eaf88d6225d849034a036b39fbaa9172cf502a704ba1fe',
      executionGenesisHash: '0x620049ecbd2b9dfb3abf719df761db4c5b5cc65692227121c9f91db8e029e5a5',
      genesisTimeSeconds: 1_780_600_200,
    });
    expect(release.consensusStateRoot()).toBe(
      '0x87eb8f6fc26c38299014ae2efab0c1ddedda820fcfe0c2b4f98e388bc8715bb9',
    );
    expect(sha256OfState(release)).toBe('017f5bc9fe29fef5b6075804d781ec384dea72445c38f4fc6e1702ae98409859');
  });

  it('start another iteration at Electra as the public generator has it', async () => {
    const inputs = await readInputs(join(sharedData, realInputs));
    const release = await buildRelease({ inputs, iteration: 161, lastFork: 'electra', archives: false });
    expect(release.consensusStateRoot()).toBe(
      '0x2495f4300502221741497b7e91edc49c65adcf578da266bf85a44e8046132e32',
    );
    expect(sha256OfState(release)).toBe('ffde68131b98b2a043b50c4e5ab071d505de60a640c3c49af2eb37fb06a01d5d');
  });
});

const generators = ['eth-genesis-state-generator', 'eth-beacon-genesis'];

describeIf(missingProgram(...generators))('eth-beacon-genesis', () => {
  it.each(genesisForks.map(({ name }) => name))('makes the same state at %s', async (lastFork) => {
    const folder = await mkdtemp(join(tmpdir(), 'genesis-reference-'));
    try {
      const inputs = await readInputs(fixture);
      const release = await buildRelease({ inputs, iteration: 99, lastFork, archives: false });
      await writeRelease(release, join(folder, 'release'));
      const theirs = await generate(folder, inputs);
      expect(createHash('sha256').update(theirs).digest('hex')).toBe(sha256OfState(release));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function generate(folder: string, inputs: GenesisInputs): Promise<Uint8Array> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const validators = genesisValidators(inputs.validators, 99).flatMap((file) => file.validators);
  const lines = validators.map(
    (validator) =>
      `${hex(validator.pubkey)}:${hex(validator.withdrawalCredentials)}:${validator.balanceGwei}\n`,
  );
  await writeFile(join(folder, 'validators.txt'), lines.join(''));
  const output = join(folder, 'reference.ssz');
  await promisify(execFile)(programOnPath(...generators) ?? '', [
    'beaconchain',
    ...['--config', join(folder, 'release', bundleFiles.consensusConfig)],
    ...['--eth1-config', join(folder, 'release', bundleFiles.executionGenesis)],
    ...['--additional-validators', join(folder, 'validators.txt')],
    ...['--state-output', output],
  ]);
  return await readFile(output);
}
