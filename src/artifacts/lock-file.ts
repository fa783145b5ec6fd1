import { readFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import type { PinnedArtifact } from './artifact.ts';
import { artifactErrors } from './errors.ts';

export type Pins = Readonly<Record<string, PinnedArtifact>>;

export interface LockContent {
  readonly programs: Pins;
  /** What `programs` was before the last update. */
  readonly previous?: Pins | undefined;
}

const mostBytes = 1024 * 1024;
const heading = `# The programs that this configuration was resolved to. Made by Ephemery Node; keep it beside the
# configuration. To accept other programs than those pinned: ephemery artifacts update. A builtin one follows this installation.
`;

/** `ephemery.lock`: which program each client of a configuration is, as YAML with sorted entries. */
export class LockFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The programs; none when there is no lock file yet. Throws EPH-ARTIFACT-LOCK-UNREADABLE. */
  async read(): Promise<Pins> {
    return (await this.readAll()).programs;
  }

  /** Throws as `read`. */
  async readAll(): Promise<LockContent> {
    try {
      if ((await stat(this.path)).size > mostBytes)
        throw new RangeError(`it has more than ${mostBytes} bytes`);
      return await parseLock(await readFile(this.path, 'utf8'));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { programs: {} };
      const problem = messageOf(cause).split('\n').slice(0, 3).join(' ');
      throw artifactErrors.create('EPH-ARTIFACT-LOCK-UNREADABLE', { path: this.path, problem }, cause);
    }
  }

  /** Replaces the file; equal content gives equal bytes. */
  async write(content: LockContent): Promise<void> {
    await writeFileAtomic(this.path, await formatLock(content), { mode: 0o644 });
  }
}

export async function parseLock(text: string): Promise<LockContent> {
  const [{ parse }, { lockSchema }] = await Promise.all([import('yaml'), import('./lock-schema.ts')]);
  const { programs, previous } = lockSchema.parse(parse(text, { maxAliasCount: 0 }));
  return previous === undefined ? { programs } : { programs, previous };
}

export async function formatLock({ programs, previous }: LockContent): Promise<string> {
  const { stringify } = await import('yaml');
  const before = previous === undefined ? {} : { previous };
  const content = { version: 1, programs, ...before };
  return heading + stringify(content, { sortMapEntries: byKey, lineWidth: 0, aliasDuplicateObjects: false });
}

interface MapEntry {
  readonly key: unknown;
}

/** `version` comes first at the top, as its name sorts after `programs`; everything else by name. */
function byKey(a: MapEntry, b: MapEntry): number {
  const [left, right] = [String(a.key), String(b.key)];
  return left < right ? -1 : Number(left > right);
}
