import { type ConfigDocument, parseConfigDocument } from './document.ts';
import { type ConfigProblem, configErrors } from './errors.ts';
import { problemsOf } from './problems.ts';
import { referenceProblems } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export interface ParsedConfig {
  readonly config: Config;
  readonly source: ConfigDocument;
}

/**
 * Reads the text of an `ephemery.yaml`. Unknown keys are refused. `file` is only for messages.
 * Throws EPH-CONFIG-TOO-LARGE, -SYNTAX, -VERSION, -INVALID.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const source = parseConfigDocument(text, file);
  checkVersion(source);
  const result = configSchema.safeParse(source.value, { reportInput: true });
  if (!result.success) throw invalid(source, problemsOf(result.error.issues, configSchema, source));
  const problems = referenceProblems(result.data, source);
  if (problems.length > 0) throw invalid(source, problems);
  return { config: result.data, source };
}

function invalid(source: ConfigDocument, problems: readonly ConfigProblem[]) {
  return configErrors.create('EPH-CONFIG-INVALID', { file: source.file, problems });
}

/** Before the rest, because a file of another version has other keys: its errors would mislead. */
function checkVersion(source: ConfigDocument): void {
  const version = (source.value as { version?: unknown } | null)?.version;
  if (version === undefined || version === 1) return;
  const problem: ConfigProblem = {
    ...source.position(['version']),
    keyPath: 'version',
    problem: `version ${JSON.stringify(version)} is not known; this program reads version 1`,
    remedy: 'Use the program that the file was written for, or write `version: 1` and its keys.',
  };
  throw configErrors.create('EPH-CONFIG-VERSION', { file: source.file, problems: [problem] });
}
