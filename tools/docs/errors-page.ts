import { errorFamilies } from '../../src/app/registries/errors.ts';
import type { ErrorSpec } from '../../src/base/errors.ts';
import type { Page } from './page.ts';
import { documentedText } from './placeholder-facts.ts';

export const errorsPage: Page = {
  file: 'errors.md',
  title: 'Error codes',
  render: async () => {
    const specs = errorFamilies.flatMap((family) => Object.entries<ErrorSpec<never>>(family.specs));
    const sorted = specs.sort(([a], [b]) => (a < b ? -1 : 1));
    return [intro, ...sorted.map(([code, spec]) => section(code, spec))].join('\n\n');
  },
};

const intro =
  'Every error that you can meet has one of these codes, in the text of a command and in `--json` alike. A code keeps ' +
  'its meaning for ever and is never given to another error. `{braces}` stand for the facts of the case.';

function section(code: string, spec: ErrorSpec<never>): string {
  const message = documentedText(spec.message);
  const remedy = documentedText(spec.remedy);
  return [
    `## ${code}`,
    spec.meaning,
    ...(message === undefined ? [] : [`It says: ${message}`]),
    ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
    `Exit code: ${spec.exitCode ?? 1}`,
  ].join('\n\n');
}
