// Loaded before our program (`node --import`): it kills itself, as SIGKILL does, at a record of one journal. DIE_AT_JOURNAL
// is that file; DIE_AT_LIST a file with the moments that were died at, `<moment> <kind of record>`, so that each life gets past
// what killed the one before; DIE_AT_WRITTEN a file that gets the kind of each record that this life wrote; DIE_AT_MOMENTS
// of `lost` (nothing is written), `torn` (half of the line) and `written` (all of it, and nothing after it), in the order in
// which a kind of record is died at.
import { appendFileSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { DIE_AT_JOURNAL: journal, DIE_AT_LIST: list, DIE_AT_WRITTEN: writtenKinds } = process.env;
// Programs of ours that it starts are given this preload too, and none of these.
const moments = (process.env.DIE_AT_MOMENTS ?? '').split(',');
const open = promises.open;
const shares = { lost: 0, torn: 0.5, written: 1 };

promises.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (path !== journal || rest[0] !== 'a') return file;
  const append = file.appendFile.bind(file);
  file.appendFile = async (line, ...more) => {
    const kind = kindOf(line);
    const moment = momentOf(kind);
    if (moment !== undefined) {
      await append(line.slice(0, line.length * shares[moment]));
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    }
    await append(line, ...more);
    appendFileSync(writtenKinds, `${kind}\n`);
  };
  return file;
};
syncBuiltinESMExports();

function kindOf(line) {
  const { type, step, layer, hook } = JSON.parse(line);
  const what = [type, step, layer, hook].filter((part) => part !== undefined);
  return what
    .join(' ')
    .replace(/\d+-[0-9a-f]{8}/g, 'N')
    .replace(/0x[0-9a-f]{8}|\b[0-9a-f]{8}(?=\/)/g, 'R');
}

function momentOf(kind) {
  const known = readFileSync(list, 'utf8').split('\n');
  const moment = moments.find((each) => !known.includes(`${each} ${kind}`));
  if (moment !== undefined) appendFileSync(list, `${moment} ${kind}\n`);
  return moment;
}
