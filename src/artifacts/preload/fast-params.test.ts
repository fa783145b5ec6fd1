import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CommonClass, mergeParamsInPlace, patchedVersion } from './fast-params.ts';

type Params = Readonly<Record<string, Record<string, unknown>>>;

interface CommonInstance {
  setHardfork(name: string): void;
  updateParams(params: Params): void;
  copy(): CommonInstance;
  readonly _paramsCache: object;
  readonly _params: object;
}

interface CommonModule {
  readonly Common: CommonClass & (new (options: object) => CommonInstance);
  readonly Mainnet: object;
}

const client = createRequire(import.meta.url).resolve('@ethereumjs/client/package.json');
const folder = dirname(dirname(dirname(createRequire(client).resolve('@ethereumjs/common'))));

/** Each query string is a module of its own, so that one copy stays as it is. */
const load = (copy: string): Promise<CommonModule> =>
  import(`${pathToFileURL(join(folder, 'dist', 'esm', 'index.js')).href}`).then(async (module) => {
    const { Common } = await import(
      `${pathToFileURL(join(folder, 'dist', 'esm', 'common.js')).href}?copy=${copy}`
    );
    return { Common, Mainnet: module.Mainnet };
  });

const paramsOf: Params = {
  1559: { initialBaseFee: 1_000_000_000, elasticityMultiplier: 2 },
  4844: { blobGasPerBlob: 131_072, nothing: null },
  7840: { target: 6 },
};

function tablesOf({ Common, Mainnet }: CommonModule): readonly unknown[] {
  const common = new Common({ chain: Mainnet, params: paramsOf });
  const tables: unknown[] = [];
  const look = (instance: CommonInstance) =>
    tables.push([{ ...instance._paramsCache }, structuredClone(instance._params)]);
  for (const hardfork of ['chainstart', 'london', 'cancun', 'prague']) {
    common.setHardfork(hardfork);
    look(common);
    const copy = common.copy();
    copy.updateParams(paramsOf);
    look(copy);
    copy.updateParams({ 1559: { initialBaseFee: 7, fresh: 1 }, 9999: { other: 1 } });
    look(copy);
    look(common);
  }
  return tables;
}

describe('cheaper parameter tables', () => {
  it('fit the EthereumJS that we ship', async () => {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    expect(version).toBe(patchedVersion);
    expect(mergeParamsInPlace((await load('fits')).Common, version)).toBe(true);
  });

  it('are equal to the stock ones, through hardforks, copies and updates', async () => {
    const stock = await load('stock');
    const patched = await load('patched');
    mergeParamsInPlace(patched.Common, patchedVersion);
    expect(Reflect.get(patched.Common.prototype, 'updateParams')).not.toBe(
      Reflect.get(stock.Common.prototype, 'updateParams'),
    );
    expect(tablesOf(patched)).toEqual(tablesOf(stock));
  });

  it('leave another version, and other code, as they are', async () => {
    const { Common } = await load('other');
    expect(mergeParamsInPlace(Common, '10.0.1')).toBe(false);
    class Different {
      updateParams() {}
      _mergeWithParamsCache() {}
    }
    expect(mergeParamsInPlace(Different, patchedVersion)).toBe(false);
  });
});
