import { expect, it } from 'vitest';
import { prysmConfig } from './prysm.ts';

const published = [
  '# Extends the mainnet preset',
  "CONFIG_NAME: 'testnet'",
  'EPHEMERY_RESET_PERIOD: 2419200',
  'FULU_FORK_VERSION: 0x7000101b',
  'FULU_FORK_EPOCH: 0',
  'NUMBER_OF_COLUMNS: 128',
  'BLOB_SCHEDULE:',
  '  - EPOCH: 2048',
  '    MAX_BLOBS_PER_BLOCK: 12',
  '',
].join('\n');

it('leaves out what Prysm does not know, and adds a Gloas that never comes', () => {
  expect(prysmConfig(published).split('\n')).toEqual([
    '# Extends the mainnet preset',
    "CONFIG_NAME: 'testnet'",
    'FULU_FORK_VERSION: 0x7000101b',
    'FULU_FORK_EPOCH: 0',
    'BLOB_SCHEDULE:',
    '  - EPOCH: 2048',
    '    MAX_BLOBS_PER_BLOCK: 12',
    'GLOAS_FORK_VERSION: 0x8000101b',
    'GLOAS_FORK_EPOCH: 18446744073709551615',
    '',
  ]);
});

it('keeps a Gloas that the network has', () => {
  const scheduled = `${published}GLOAS_FORK_VERSION: 0x80001020\nGLOAS_FORK_EPOCH: 3\n`;
  const derived = prysmConfig(scheduled);
  expect(derived).toContain('GLOAS_FORK_VERSION: 0x80001020\nGLOAS_FORK_EPOCH: 3\n');
  expect(derived.match(/GLOAS_FORK_VERSION/g)).toHaveLength(1);
});

it('does not wrap around beyond the last digit', () => {
  expect(prysmConfig('FULU_FORK_VERSION: 0xf0000001\n')).toContain('GLOAS_FORK_VERSION: 0x00000001');
});
