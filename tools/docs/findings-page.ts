import { findingFamilies } from '../../src/app/registries/findings.ts';
import type { FindingSpec } from '../../src/core/findings/finding.ts';
import type { Page } from './page.ts';
import { documentedText } from './placeholder-facts.ts';

export const findingsPage: Page = {
  file: 'findings.md',
  title: 'Findings',
  render: async () => {
    const specs = findingFamilies.flatMap((family) => Object.entries<FindingSpec<never>>(family.specs));
    const sorted = specs.sort(([a], [b]) => (a < b ? -1 : 1));
    return [intro, ...sorted.map(([code, spec]) => section(code, spec))].join('\n\n');
  },
};

const intro =
  'A finding is something worth telling, with a stable code: `status`, `doctor` and the events of `up` speak in them. ' +
  'info is worth knowing; warning will hurt if it is left; critical means that something does not work or is at risk ' +
  'now. `{braces}` stand for the facts of the case.';

function section(code: string, spec: FindingSpec<never>): string {
  const long = documentedText(spec.long);
  const remedy = documentedText(spec.remedy);
  return [
    `## ${code}`,
    `${spec.short}. (${spec.severity})`,
    ...(long === undefined ? [] : [long]),
    ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
  ].join('\n\n');
}
