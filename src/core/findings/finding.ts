import type { ErrorCode, Facts } from '../../base/errors.ts';

/** info: worth knowing; warning: will hurt if left; critical: something does not work or is at risk now. */
export type Severity = 'info' | 'warning' | 'critical';

export interface FindingSpec<F extends Facts> {
  readonly severity: Severity;
  /** One line, without facts: the heading in lists and in the reference. */
  readonly short: string;
  /** A sentence or two with the facts. */
  readonly long: (facts: F) => string;
  readonly remedy: (facts: F) => string;
}

/** What a finding is about; all absent means the host or the whole root. */
export interface FindingSubject {
  readonly node?: string;
  readonly network?: string;
  readonly layer?: 'execution' | 'consensus' | 'validator' | 'signer';
}

/** Something worth telling. Alerts, status pages and documents all speak in these. */
export interface Finding {
  readonly code: ErrorCode;
  readonly severity: Severity;
  readonly subject: FindingSubject;
  readonly short: string;
  readonly long: string;
  readonly remedy: string;
  readonly facts: Facts;
}

/** Declares one finding with the type of its facts. */
export function finding<F extends Facts = Record<string, never>>(spec: FindingSpec<F>): FindingSpec<F> {
  return spec;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds specs of differing facts; `create` restores the type of each.
type FindingTable = Readonly<Record<ErrorCode, FindingSpec<any>>>;
type FactsOf<S> = S extends FindingSpec<infer F> ? F : never;

export interface FindingFamily<T extends FindingTable> {
  readonly specs: T;
  create<C extends keyof T & ErrorCode>(code: C, facts: FactsOf<T[C]>, subject?: FindingSubject): Finding;
}

/** One family an area; `app/registries/findings.ts` lists the families, and the reference is made from it. */
export function defineFindings<const T extends FindingTable>(specs: T): FindingFamily<T> {
  return {
    specs,
    create(code, facts, subject = {}) {
      const spec = specs[code];
      if (spec === undefined) throw new Error(`undeclared finding code ${code}`);
      return {
        code,
        severity: spec.severity,
        subject,
        short: spec.short,
        long: spec.long(facts),
        remedy: spec.remedy(facts),
        facts: facts as Facts,
      };
    },
  };
}
