/** A page of docs/reference that is made from the code, so that it cannot say anything else. */
export interface Page {
  /** Its file in docs/reference. */
  readonly file: string;
  readonly title: string;
  render(): Promise<string>;
}

/** The whole text of a page's file. */
export async function pageText(page: Page): Promise<string> {
  const note = '<!-- Made by `npm run docs` from the code. Do not edit: a test compares. -->';
  return `${[`# ${page.title}`, note, (await page.render()).trim()].join('\n\n')}\n`;
}

/** A markdown table; a cell's line breaks and bars are made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
