import { type ForkName, forkNames, reachesFork } from '../network/forks.ts';
import type { ClientDefinition, ForkSupport } from './client.ts';

/** The two members of a definition that say which forks its versions know. `forks`: oldest first. */
export function forkSupport(
  ...forks: readonly [ForkSupport, ...ForkSupport[]]
): Pick<ClientDefinition, 'forks' | 'highestFork'> {
  const newest = forks[forks.length - 1] as ForkSupport;
  const highestFork = (version: string) => {
    if (!tellsNumber(version)) return newest.fork;
    const known = forks.filter(({ since }) => compareVersions(version, since) >= 0);
    return known[known.length - 1]?.fork ?? forkBefore(forks[0].fork);
  };
  return { forks, highestFork };
}

/** The first version that reaches `fork`; undefined when none of those we know does. */
export function firstVersionFor(
  definition: Pick<ClientDefinition, 'forks'>,
  fork: ForkName,
): string | undefined {
  return definition.forks.find((support) => reachesFork(support.fork, fork))?.since;
}

/** Whether what came with the release `since` is there. */
export function isSince(version: string, since: string): boolean {
  return !tellsNumber(version) || compareVersions(version, since) >= 0;
}

/**
 * A moving tag or a build of somebody's own tells no number. It is taken for the newest, because what is unknown stops
 * nobody; the doctor says so.
 */
export function tellsNumber(version: string): boolean {
  return /^v?\d+\.\d+/.test(version);
}

/** Below zero when `a` is older. Numbers are compared part by part; what follows a dash or a plus is not looked at. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  const [release = ''] = version.replace(/^v/, '').split(/[-+_]/, 1);
  return release.split('.').map((part) => Number.parseInt(part, 10) || 0);
}

function forkBefore(fork: ForkName): ForkName {
  return forkNames[Math.max(0, forkNames.indexOf(fork) - 1)] as ForkName;
}
