/** What a path of the releaser asks for. `paths` says which host's form it has. */
export type ReleaserRoute =
  | { readonly route: 'asset'; readonly tag: string; readonly name: string }
  | { readonly route: 'stored'; readonly tag: string; readonly name: string }
  | { readonly route: 'latest-asset'; readonly name: string }
  | { readonly route: 'tag-page'; readonly tag: string }
  | { readonly route: 'latest-page' }
  | { readonly route: 'mirror'; readonly path: string }
  | { readonly route: 'faults' }
  | { readonly route: 'releases' }
  | { readonly route: 'none' };

const name = '([A-Za-z0-9._-]{1,100})';
// GitHub has /<owner>/<repository> before /releases; any such prefix is let pass.
const prefix = '(?:/[A-Za-z0-9._-]+){0,2}';
const patterns = {
  asset: new RegExp(`^${prefix}/releases/download/${name}/${name}$`),
  stored: new RegExp(`^/storage/${name}/${name}$`),
  latestAsset: new RegExp(`^${prefix}/releases/latest/download/${name}$`),
  tagPage: new RegExp(`^${prefix}/releases/tag/${name}$`),
  latestPage: new RegExp(`^${prefix}/releases/latest/?$`),
  mirror: /^\/latest\/((?:metadata\/|parsed\/|bootnode-keys\/)?[A-Za-z0-9._-]{1,100})$/,
};

/** Reads the path of a request: the public host's, the mirror's, or the releaser's own under /releaser/v1. */
export function routeOf(pathname: string): ReleaserRoute {
  if (pathname === '/releaser/v1/faults') return { route: 'faults' };
  if (pathname === '/releaser/v1/releases') return { route: 'releases' };
  if (pathname === '/latest.tar.gz') return { route: 'mirror', path: 'testnet-all.tar.gz' };
  const [, tag = '', asset = ''] = patterns.asset.exec(pathname) ?? [];
  if (tag !== '') return { route: 'asset', tag, name: asset };
  const [, storedTag = '', stored = ''] = patterns.stored.exec(pathname) ?? [];
  if (storedTag !== '') return { route: 'stored', tag: storedTag, name: stored };
  const latest = patterns.latestAsset.exec(pathname)?.[1];
  if (latest !== undefined) return { route: 'latest-asset', name: latest };
  const page = patterns.tagPage.exec(pathname)?.[1];
  if (page !== undefined) return { route: 'tag-page', tag: page };
  if (patterns.latestPage.test(pathname)) return { route: 'latest-page' };
  const path = patterns.mirror.exec(pathname)?.[1];
  return path === undefined ? { route: 'none' } : { route: 'mirror', path };
}
