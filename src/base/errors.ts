/**
 * Every error that a person can meet: a stable code, the facts as data, a sentence that says what
 * happened, one that says what to do, and the cause. Codes are never reused.
 */
export type ErrorCode = `EPH-${string}`;

export type Facts = Readonly<Record<string, unknown>>;

export interface ErrorSpec<F extends Facts> {
  /** One line for the generated reference: when this error is met. */
  readonly meaning: string;
  /** What happened, with the facts in it. Never holds a secret. */
  readonly message: (facts: F) => string;
  /** What the reader should do now. */
  readonly remedy: (facts: F) => string;
  /** The exit code of a command that ends with this error; 1 unless told. */
  readonly exitCode?: number;
}

export class EphemeryError extends Error {
  override readonly name = 'EphemeryError';
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly remedy: string;
  readonly exitCode: number;

  constructor(init: {
    code: ErrorCode;
    message: string;
    remedy: string;
    facts: Facts;
    exitCode: number;
    cause?: unknown;
  }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.facts = init.facts;
    this.remedy = init.remedy;
    this.exitCode = init.exitCode;
  }
}

/** Declares one error with the type of its facts: `error<{ path: string }>({ … })`. */
export function error<F extends Facts = Record<string, never>>(spec: ErrorSpec<F>): ErrorSpec<F> {
  return spec;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds specs of differing facts; `create` restores the type of each.
type ErrorTable = Readonly<Record<ErrorCode, ErrorSpec<any>>>;
type FactsOf<S> = S extends ErrorSpec<infer F> ? F : never;

export interface ErrorFamily<T extends ErrorTable> {
  readonly specs: T;
  create<C extends keyof T & ErrorCode>(code: C, facts: FactsOf<T[C]>, cause?: unknown): EphemeryError;
}

/** One family an area; `app/registries/errors.ts` lists the families, and the reference is made from it. */
export function defineErrors<const T extends ErrorTable>(specs: T): ErrorFamily<T> {
  return {
    specs,
    create(code, facts, cause) {
      const spec = specs[code];
      if (spec === undefined) throw new Error(`undeclared error code ${code}`);
      return new EphemeryError({
        code,
        message: spec.message(facts),
        remedy: spec.remedy(facts),
        facts: facts as Facts,
        exitCode: spec.exitCode ?? 1,
        ...(cause === undefined ? {} : { cause }),
      });
    },
  };
}

/** True when `value` is ours, with this code if one is given. */
export function isEphemeryError(value: unknown, code?: ErrorCode): value is EphemeryError {
  return value instanceof EphemeryError && (code === undefined || value.code === code);
}

/**
 * The shortest true text of anything thrown, without its full stop: it goes into other sentences. For messages, not for
 * decisions.
 */
export function messageOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(/(?<!\.)\.$/, '');
}

/** Why something failed, for a sentence that says already what it was: of an error of ours the fact, not its own sentence. */
export function reasonOf(thrown: unknown): string {
  const { reason, problem } = isEphemeryError(thrown) ? thrown.facts : {};
  const fact = [reason, problem].find((text) => typeof text === 'string');
  return typeof fact === 'string' ? fact : messageOf(thrown);
}
