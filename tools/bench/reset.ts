import type { Bench } from './bench.ts';
import { resetBench } from './reset-bench.ts';

export const bench: Bench = resetBench({
  name: 'reset',
  what: 'a reset on the devnet with EthereumJS and Mayfly: from T until both clients are proven',
  limit: { value: 10 },
  time: 'totalMs',
});
