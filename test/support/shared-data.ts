import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where real inputs lie that are not part of the project; the folder may be absent. */
export const sharedData =
  process.env.EPHEMERY_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data');

/** What is missing when a suite needs `name` of the shared data; undefined when it is there. */
export function missingSharedData(name: string): string | undefined {
  return existsSync(join(sharedData, name)) ? undefined : `there is no ${name} in EPHEMERY_SHARED_DATA`;
}
