import { configOptions } from '../../src/config/reference.ts';
import { code, type Page, table } from './page.ts';

export const configPage: Page = {
  file: 'configuration.md',
  title: 'Configuration: ephemery.yaml',
  render: async () =>
    [
      'Every key of `ephemery.yaml`. `<name>` stands for a name of your own, `[]` for each item of a list. A key that is ' +
        'not in this table is refused.',
      table(
        ['key', 'type', 'default', 'what it says'],
        configOptions().map(({ name, type, required, defaultText, description }) => [
          code(name),
          type,
          defaultText === undefined ? (required ? 'required' : '') : code(defaultText),
          description,
        ]),
      ),
    ].join('\n\n'),
};
