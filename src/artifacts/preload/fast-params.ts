/** The part of @ethereumjs/common's `Common` that is made faster. */
interface ParamsHolder {
  _params: Record<string, Record<string, unknown>>;
  _paramsCache: Record<string, unknown>;
  _buildParamsCache(): void;
}

export interface CommonClass {
  readonly prototype: object;
}

/** The release whose code was read and measured; any other runs as it is. */
export const patchedVersion = '10.0.0';

const knownMerge = '_mergeWithParamsCache(params){this._paramsCache={...this._paramsCache,...params,};}';
const knownUpdate =
  'updateParams(params){for(const[eip,paramsConfig]ofObject.entries(params)){if(!(eipinthis._params)){' +
  'this._params[eip]=JSON.parse(JSON.stringify(paramsConfig));//copy}else{' +
  'this._params[eip]=JSON.parse(JSON.stringify({...this._params[eip],...params[eip]}));//copy}}' +
  'this._buildParamsCache();}';

/**
 * Makes EthereumJS's parameter tables cheap to build. It builds one for each transaction, header and block object,
 * and copies the whole table once for each EIP in it: over half of the client's time. Merging in place gives the
 * same table, because a build begins with a fresh one. Returns false, and changes nothing, unless version and
 * code are exactly those that were read.
 */
export function mergeParamsInPlace(common: CommonClass, version: string): boolean {
  const known =
    version === patchedVersion &&
    codeOf(common, '_mergeWithParamsCache') === knownMerge &&
    codeOf(common, 'updateParams') === knownUpdate;
  if (!known) return false;
  Object.assign(common.prototype, { _mergeWithParamsCache: merge, updateParams: update });
  return true;
}

function merge(this: ParamsHolder, params: Readonly<Record<string, unknown>>): void {
  Object.assign(this._paramsCache, params);
}

/** Copies only what differs, but builds in any case: copies of a Common share the values and not the table. */
function update(this: ParamsHolder, params: Readonly<Record<string, Record<string, unknown>>>): void {
  for (const [eip, values] of Object.entries(params)) {
    const held = this._params[eip];
    const isNew = held === undefined || Object.entries(values).some(([name, value]) => held[name] !== value);
    if (isNew) this._params[eip] = JSON.parse(JSON.stringify({ ...held, ...values }));
  }
  this._buildParamsCache();
}

function codeOf(common: CommonClass, method: string): string {
  const value: unknown = Reflect.get(common.prototype, method);
  return typeof value === 'function' ? Function.prototype.toString.call(value).replaceAll(/\s+/g, '') : '';
}
