import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../..');

export interface Block {
  readonly file: string;
  readonly line: number;
  /** What stands after the opening fence: `sh`, `yaml ephemery.yaml`. */
  readonly info: string;
  readonly text: string;
}

/** Every markdown file of the project, relative to its root. */
export function markdownFiles(): readonly string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.md'],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  return [...new Set(listed.split('\0'))].filter(
    (path) => path !== '' && existsSync(join(projectRoot, path)),
  );
}

export function readMarkdown(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}

/** The fenced blocks of a text. */
export function fencedBlocks(file: string, text: string): readonly Block[] {
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    info: (match[1] ?? '').trim(),
    text: match[2] ?? '',
  }));
}

/** Targets of links, outside code. */
export function linksIn(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors that a reader's browser makes of the headings. */
export function anchorsIn(text: string): readonly string[] {
  return [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, '');
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```.*\n[\s\S]*?^```$/gm, '');
}
