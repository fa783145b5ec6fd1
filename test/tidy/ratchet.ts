import type { Violation } from './rule.ts';
import type { Tree } from './tree.ts';

export const baselinePath = 'test/tidy/baseline.json';

/** Rule name -> what was measured -> the figure that was there when the rule came. It may only shrink. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Measure {
  readonly path: string;
  readonly line?: number;
  /** Names the measured thing within its file; the file itself when absent. */
  readonly name?: string;
  readonly value: number;
}

export interface Bound {
  readonly rule: string;
  readonly unit: string;
  readonly limit: number;
}

/** Everything over the bound that the baseline does not hold at its present size, and what the baseline holds too high. */
export function judgeBound(bound: Bound, measures: readonly Measure[], tree: Tree): readonly Violation[] {
  const held = baselineIn(tree)[bound.rule] ?? {};
  const worst = worstByKey(measures);
  const over = [...worst.values()]
    .filter((measure) => measure.value > Math.max(bound.limit, held[keyOf(measure)] ?? 0))
    .map((measure) => toViolation(bound, measure, held[keyOf(measure)]));
  const slack = Object.entries(held)
    .filter(([key, allowed]) => allowed > bound.limit || worst.get(key) === undefined)
    .filter(([key, allowed]) => (worst.get(key)?.value ?? 0) < allowed)
    .map(([key, allowed]) => ({
      path: baselinePath,
      what: `${bound.rule} holds ${key} at ${allowed}, and it is ${worst.get(key)?.value ?? 'gone'} now`,
      instead: 'Good: run `npm run tidy:shrink`, which lowers the baseline to what is there.',
    }));
  return [...over, ...slack];
}

/** The baseline lowered to what is there. Never raises a figure, never adds one. */
export function shrink(bound: Bound, measures: readonly Measure[], baseline: Baseline): Baseline {
  const worst = worstByKey(measures);
  const kept = Object.entries(baseline[bound.rule] ?? {})
    .map(([key, allowed]) => [key, Math.min(allowed, worst.get(key)?.value ?? 0)] as const)
    .filter(([, value]) => value > bound.limit);
  return { ...baseline, [bound.rule]: Object.fromEntries(kept) };
}

function baselineIn(tree: Tree): Baseline {
  return JSON.parse(tree.file(baselinePath)?.text ?? '{}') as Baseline;
}

function keyOf({ path, name }: Measure): string {
  return name === undefined ? path : `${path}#${name}`;
}

/** Two functions of one name share a key; the larger speaks for both. */
function worstByKey(measures: readonly Measure[]): ReadonlyMap<string, Measure> {
  const worst = new Map<string, Measure>();
  for (const measure of measures) {
    const before = worst.get(keyOf(measure));
    if (before === undefined || before.value < measure.value) worst.set(keyOf(measure), measure);
  }
  return worst;
}

function toViolation(bound: Bound, measure: Measure, allowed: number | undefined): Violation {
  const held = allowed === undefined ? '' : `; the baseline holds it at ${allowed}`;
  const name = measure.name === undefined ? '' : `${measure.name}: `;
  return {
    path: measure.path,
    ...(measure.line === undefined ? {} : { line: measure.line }),
    what: `${name}${measure.value} ${bound.unit}, over ${bound.limit}${held}`,
  };
}
