import { text } from '../../option.ts';

/** The network that a command is about, as its argument. */
export const networkArgument = text(
  'name',
  'Which network: ephemery, a local one of this home, one of the configuration, or the file of a definition. The one that the configuration’s nodes are on when absent, else ephemery.',
);
