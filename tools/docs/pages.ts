import { clientsPage } from './clients-page.ts';
import { configPage } from './config-page.ts';
import { errorsPage } from './errors-page.ts';
import { findingsPage } from './findings-page.ts';
import type { Page } from './page.ts';

/** Every page of docs/reference that is made from the code. */
export const pages: readonly Page[] = [clientsPage, configPage, errorsPage, findingsPage];
