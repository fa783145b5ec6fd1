import type { Rule } from './rule.ts';
import { averageSizes } from './rules/averages.ts';
import { boundRules } from './rules/bounds.ts';
import { clientIfs } from './rules/clients.ts';
import { codes } from './rules/codes.ts';
import { cycles } from './rules/cycles.ts';
import { direction } from './rules/direction.ts';
import { injectedTime, timersInClock } from './rules/injected-time.ts';
import { lockFileAddresses, lockFileComplete, lockFileEngines } from './rules/lock-file.ts';
import { declaredNames, fileNames } from './rules/names.ts';
import { packages } from './rules/packages.ts';
import { pureCore } from './rules/pure-core.ts';
import { startUp } from './rules/start-up.ts';
import { testsAssert, testsRun } from './rules/tests.ts';
import { leftovers, machinePaths, registryHosts } from './rules/texts.ts';

export const rules: readonly Rule[] = [
  direction,
  cycles,
  pureCore,
  packages,
  startUp,
  clientIfs,
  timersInClock,
  injectedTime,
  ...boundRules,
  averageSizes,
  fileNames,
  declaredNames,
  machinePaths,
  registryHosts,
  leftovers,
  lockFileAddresses,
  lockFileComplete,
  lockFileEngines,
  codes,
  testsAssert,
  testsRun,
];
