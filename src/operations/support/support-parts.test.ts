import { expect, it } from 'vitest';
import { configErrors } from '../../config/errors.ts';
import { gatherParts, type PartSources } from './support-parts.ts';

const reason = configErrors.create('EPH-CONFIG-NOT-FOUND', { file: 'ephemery.yaml' });

/** What a bundle has of a configuration that cannot be used. */
async function partOf(text: string | undefined) {
  const sources = { config: undefined, refused: { reason, text }, signal: new AbortController().signal };
  const parts = await gatherParts(sources as unknown as PartSources);
  return parts.filter(({ path }) => path === 'ephemery.yaml' || path === 'missing/configuration.txt');
}

it('a configuration that was refused is in it without secrets, with the reason', async () => {
  const text =
    'version: 1\nnodes: { home: { network: mine, wrong: 1, execution: { args: ["--x=hunter2"] } } }\n';
  const [part, ...others] = await partOf(text);
  expect(others).toEqual([]);
  expect(part?.text).toMatch(/^# EPH-CONFIG-NOT-FOUND .*\nversion: 1\n/);
  expect(part?.text).toContain('network: mine');
  expect(part?.text).not.toContain('hunter2');
});

it('of one that cannot be read as YAML it says why it is missing', async () => {
  for (const text of ['nodes: {', undefined]) {
    const [part, ...others] = await partOf(text);
    expect(others).toEqual([]);
    expect(part).toMatchObject({
      path: 'missing/configuration.txt',
      text: expect.stringContaining(reason.code),
    });
  }
});
