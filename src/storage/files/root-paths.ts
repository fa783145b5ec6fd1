import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where everything of one root lies. Design: state on disk. */
export interface RootPaths {
  readonly root: string;
  readonly layout: string;
  /** Which configuration this root serves. */
  readonly binding: string;
  readonly run: string;
  readonly lock: string;
  readonly releases: string;
  readonly nodes: string;
  readonly devnets: string;
  readonly artifacts: string;
  readonly keys: string;
  readonly logs: string;
  /** What was measured, for charts; deletable without harm. */
  readonly history: string;
}

export function rootPaths(root: string): RootPaths {
  return {
    root,
    layout: join(root, 'layout.json'),
    binding: join(root, 'config-binding.json'),
    run: join(root, 'run'),
    lock: join(root, 'run', 'lock'),
    releases: join(root, 'releases'),
    nodes: join(root, 'nodes'),
    devnets: join(root, 'devnets'),
    artifacts: join(root, 'artifacts'),
    keys: join(root, 'keys'),
    logs: join(root, 'logs'),
    history: join(root, 'history'),
  };
}

interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly workingDirectory: string;
}

/** The root: --home, else EPHEMERY_HOME, else the platform's data directory. Absolute. */
export function findRoot(given: string | undefined, { env, platform, workingDirectory }: Host): string {
  const named = given ?? env.EPHEMERY_HOME;
  if (named !== undefined && named !== '') return resolve(workingDirectory, named);
  const home = env.HOME === undefined || env.HOME === '' ? homedir() : env.HOME;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ephemery');
  // XDG base directory specification: relative values are invalid and to be ignored.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'ephemery');
}
