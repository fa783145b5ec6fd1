import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { verifyBundle } from '../../src/core/network/verify/verify-bundle.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { executionBlockHashOf } from '../../src/genesis/execution/block-hash-of.ts';
import { readInputs } from '../../src/genesis/read-inputs.ts';
import { describeIf } from '../support/describe-if.ts';
import { missingSharedData, sharedData } from '../support/shared-data.ts';

const realInputs = 'ephemery-genesis-160';

describeIf(missingSharedData(realInputs))('a release built from the public inputs', () => {
  it.each([160, 167])('passes for the public network as iteration %i', async (iteration) => {
    const inputs = await readInputs(join(sharedData, realInputs));
    const release = await buildRelease({ inputs, iteration, archives: false });
    let computed: string | undefined;
    const verified = verifyBundle(
      release.files,
      { definition: publicNetwork, iteration },
      {
        directory: 'release',
        executionHashOf: (text) => {
          computed = executionBlockHashOf(text);
          return computed;
        },
        parseYaml: (text) => parse(text, { schema: 'failsafe', maxAliasCount: 20 }),
      },
    );
    expect(computed).toBe(release.identity.executionGenesisHash);
    expect(verified.findings).toEqual([]);
    expect(verified.bundle).toMatchObject({ tag: release.tag, identity: release.identity });
  });
});
