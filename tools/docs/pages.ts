import { clientsPage } from './clients-page.ts';
import { commandsPage } from './commands-page.ts';
import { configPage } from './config-page.ts';
import { errorsPage } from './errors-page.ts';
import { eventsPage } from './events-page.ts';
import { exitCodesPage } from './exit-codes-page.ts';
import { findingsPage } from './findings-page.ts';
import type { Page } from './page.ts';

/** Every page of docs/reference that is made from the code. */
export const pages: readonly Page[] = [
  clientsPage,
  commandsPage,
  configPage,
  errorsPage,
  eventsPage,
  exitCodesPage,
  findingsPage,
];
