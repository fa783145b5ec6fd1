import { readFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import type { PinnedArtifact } from './artifact.ts';
import { artifactErrors } from './errors.ts';

export type Pins = Readonly<Record<string, PinnedArtifact>>;

const mostBytes = 1024 * 1024;
const heading = `# The programs that this configuration was resolved to. Made by Ephemery Node; keep it beside the
# configuration. To accept another program than the one pinned, remove its entry. A builtin one follows this installation.
`;

/** `ephemery.lock`: which program each client of a configuration is, as YAML with sorted entries. */
export class LockFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Empty when there is no lock file yet. Throws EPH-ARTIFACT-LOCK-UNREADABLE. */
  async read(): Promise<Pins> {
    try {
      if ((await stat(this.path)).size > mostBytes)
        throw new RangeError(`it has more than ${mostBytes} bytes`);
      return await parsePins(await readFile(this.path, 'utf8'));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
      const problem = messageOf(cause).split('\n').slice(0, 3).join(' ');
      throw artifactErrors.create('EPH-ARTIFACT-LOCK-UNREADABLE', { path: this.path, problem }, cause);
    }
  }

  /** Replaces the file; equal pins give equal bytes. */
  async write(pins: Pins): Promise<void> {
    await writeFileAtomic(this.path, await formatPins(pins), { mode: 0o644 });
  }
}

export async function parsePins(text: string): Promise<Pins> {
  const [{ parse }, { lockSchema }] = await Promise.all([import('yaml'), import('./lock-schema.ts')]);
  return lockSchema.parse(parse(text, { maxAliasCount: 0 })).programs;
}

export async function formatPins(pins: Pins): Promise<string> {
  const { stringify } = await import('yaml');
  return heading + stringify({ version: 1, programs: pins }, { sortMapEntries: byKey, lineWidth: 0 });
}

interface MapEntry {
  readonly key: unknown;
}

/** `version` comes first at the top, as its name sorts after `programs`; everything else by name. */
function byKey(a: MapEntry, b: MapEntry): number {
  const [left, right] = [String(a.key), String(b.key)];
  return left < right ? -1 : Number(left > right);
}
