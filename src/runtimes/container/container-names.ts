import { createHash } from 'node:crypto';

/** By these labels what is ours is found again, and nothing else is ever touched. */
export const labels = {
  root: 'io.ephemery.root',
  rootPath: 'io.ephemery.root-path',
  node: 'io.ephemery.node',
  unit: 'io.ephemery.unit',
  run: 'io.ephemery.run',
  /** Wall clock, milliseconds: puts the runs of a unit in order. */
  at: 'io.ephemery.at',
} as const;

/** How the containers and networks of one root are called. */
export interface ContainerNames {
  /** Eight hex digits of a hash of the root's path. */
  readonly rootId: string;
  readonly rootPath: string;
  /** A unit has one container of this name: the engine itself sees to it that there is no second. */
  container(unit: string): string;
  network(node: string): string;
}

export function containerNames(rootPath: string): ContainerNames {
  const rootId = createHash('sha256').update(rootPath).digest('hex').slice(0, 8);
  return {
    rootId,
    rootPath,
    container: (unit) => `ephemery-${rootId}.${unit}`,
    network: (node) => `ephemery-${rootId}.${node}`,
  };
}

export function nodeOf(unit: string): string {
  return unit.split('.', 1)[0] ?? unit;
}

/** The name of a unit in its node's network: `home.execution` is `home-execution`, a plain host name. */
export function hostNameOf(unit: string): string {
  return unit.replaceAll('.', '-');
}
