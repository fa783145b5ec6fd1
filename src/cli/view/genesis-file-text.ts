import type { GenesisFileReport } from '../../operations/keys/genesis-file.ts';
import type { Style } from '../output/style.ts';

export function genesisFileText(
  { file, keys, lint, warning, steps }: GenesisFileReport,
  style: Style,
): string {
  if (lint !== undefined && lint.problems.length > 0) {
    return [...lint.problems.map((problem) => style.bad(problem)), `${file} was not written.`].join('\n');
  }
  const found =
    lint === undefined
      ? ['Not held against the files of others: name a copy of the repository with --inputs.']
      : [
          ...lint.remarks.map((remark) => style.warning(remark)),
          `With the ${lint.preview.files} files as they are: validators ${lint.preview.firstIndex} to ${lint.preview.lastIndex} of ${lint.preview.validators}.`,
          'Indices shift with every file before yours; a key is known by its public key alone.',
        ];
  return [
    `${keys.length} keys in ${file}`,
    ...(warning === undefined ? [] : [style.warning(warning)]),
    ...found,
    'Next:',
    ...steps.map((step, at) => `  ${at + 1}. ${step}`),
  ].join('\n');
}
