import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Baseline, baselinePath, shrink } from '../../test/tidy/ratchet.ts';
import { boundRules } from '../../test/tidy/rules/bounds.ts';
import { projectRoot, projectTree } from '../../test/tidy/tree.ts';

/** Lowers the baseline of the bounds to what is there. It never raises a figure: that is done by hand, and seen. */
const path = join(projectRoot, baselinePath);
const tree = projectTree();
const before = JSON.parse(readFileSync(path, 'utf8')) as Baseline;
const after = boundRules.reduce((held, rule) => shrink(rule.bound, rule.measure(tree), held), before);
const kept = Object.fromEntries(Object.entries(after).filter(([, held]) => Object.keys(held).length > 0));
writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
console.log(`${baselinePath}: ${countOf(before)} entries before, ${countOf(kept)} now`);

function countOf(baseline: Baseline): number {
  return Object.values(baseline).reduce((sum, held) => sum + Object.keys(held).length, 0);
}
