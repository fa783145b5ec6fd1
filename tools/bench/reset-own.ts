import type { Bench } from './bench.ts';
import { resetBench } from './reset-bench.ts';

export const bench: Bench = resetBench({
  name: 'reset-own',
  what: 'of such a reset, our own share: beyond the bare stop and start of the clients',
  limit: { value: 1 },
  time: 'ownMs',
});
