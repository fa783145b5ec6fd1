import { expect, it } from 'vitest';
import { FetchesUnderWay } from './fetches-under-way.ts';

it('knows of each thing how far it has come last, and what is whole no more', () => {
  const under = new FetchesUnderWay();
  under.take({ what: 'Geth', bytes: 0, totalBytes: 0 });
  under.take({ what: 'Geth', bytes: 10, totalBytes: 100 });
  under.take({ what: 'an image', bytes: 7 });
  under.take({ what: 'Geth', bytes: 60, totalBytes: 100 });
  expect(under.all).toEqual([
    { what: 'Geth', bytes: 60, totalBytes: 100 },
    { what: 'an image', bytes: 7 },
  ]);
  under.take({ what: 'Geth', bytes: 100, totalBytes: 100 });
  expect(under.all).toEqual([{ what: 'an image', bytes: 7 }]);
});
