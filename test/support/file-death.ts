import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const changing = [
  'rename',
  'rm',
  'open',
  'mkdir',
  'mkdtemp',
  'link',
  'unlink',
  'copyFile',
  'writeFile',
  'chmod',
] as const;
type Change = (...args: unknown[]) => Promise<unknown>;
const table = promises as unknown as Record<(typeof changing)[number], Change>;

/** What everything that still wants to change the disk is told once it is over. */
export class Killed extends Error {}

/**
 * Runs `work`, and from its n-th change of the disk on lets it change nothing more: what lies there then is what a SIGKILL
 * would have left, whatever it tidies up on its way out. Tells whether it came to that; other failures are thrown.
 */
export async function killedAtChange(nth: number, work: () => Promise<void>): Promise<boolean> {
  const originals = new Map(changing.map((name) => [name, table[name]]));
  let count = 0;
  for (const [name, original] of originals) {
    table[name] = async (...args) => {
      count += 1;
      if (count >= nth) throw new Killed(`killed before ${name}`);
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
    return false;
  } catch (thrown) {
    if (count < nth) throw thrown;
    return true;
  } finally {
    for (const [name, original] of originals) table[name] = original;
    syncBuiltinESMExports();
  }
}
