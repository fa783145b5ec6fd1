import { choice, flag, text } from './option.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Options that every command takes, before or after its name. */
export const globalOptions = {
  home: text(
    'folder',
    'Where everything is kept; EPHEMERY_HOME when absent, else the data folder of the platform.',
    {
      completes: 'folder',
    },
  ),
  config: text('file', 'The configuration; ./ephemery.yaml when absent, else the one in the home.', {
    completes: 'file',
  }),
  json: flag('Print results as JSON on standard output, and errors as JSON on standard error.'),
  logLevel: choice(logLevels, 'How much to say of what is done, on standard error.'),
};
