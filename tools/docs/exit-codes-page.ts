import { exitCodes } from '../../src/cli/exit-codes.ts';
import { type Page, table } from './page.ts';

export const exitCodesPage: Page = {
  file: 'exit-codes.md',
  title: 'Exit codes',
  render: async () =>
    table(
      ['code', 'meaning'],
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    ),
};
