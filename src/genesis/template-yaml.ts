import { messageOf } from '../base/errors.ts';

/** What a template gives, once its variables are in it; a variable's value never has a line break. */
export interface TemplateYaml {
  /** Scalars as they are written. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where a setting stands, counted from 1; the nearest around it where it is not there. */
  lineOf(path: readonly string[]): number | undefined;
}

/** Makes the error of a problem, at a line where there is one. */
export type RefuseTemplate = (problem: string, line?: number, cause?: unknown) => Error;

/** Reads YAML with the failsafe schema, which leaves fork versions and balances text. Throws what `refuse` makes. */
export async function readTemplateYaml(text: string, refuse: RefuseTemplate): Promise<TemplateYaml> {
  const { LineCounter, isMap, isScalar, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [wrong] = document.errors;
  if (wrong !== undefined) throw refuse(`it is no YAML (${firstLine(wrong)})`, lineAt(wrong.pos[0]), wrong);
  let settings: unknown;
  try {
    settings = document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw refuse(`it is no YAML (${firstLine(cause)})`, undefined, cause);
  }
  if (!isRecord(settings)) throw refuse('it is no list of settings', 1);
  return {
    settings,
    lineOf: (path) => {
      let line: number | undefined;
      let parent: unknown = document.contents;
      for (const name of path) {
        const pair = isMap(parent)
          ? parent.items.find(({ key }) => isScalar(key) && key.value === name)
          : undefined;
        if (pair === undefined) break;
        if (isScalar(pair.key)) line = lineAt(pair.key.range?.[0] ?? 0);
        parent = pair.value;
      }
      return line;
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n')[0] ?? '';
}
