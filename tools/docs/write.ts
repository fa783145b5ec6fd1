import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageText } from './page.ts';
import { pages } from './pages.ts';

/** npm run docs: writes the pages of docs/reference that are made from the code. */
const folder = join(import.meta.dirname, '../../docs/reference');
mkdirSync(folder, { recursive: true });
for (const page of pages) writeFileSync(join(folder, page.file), await pageText(page));
console.log(`${pages.length} pages written to docs/reference`);
