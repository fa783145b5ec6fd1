import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { Output } from './output.ts';
import { withProgress } from './progress.ts';

function watched(json = false) {
  const said: string[] = [];
  const clock = new VirtualClock(0);
  const stderr = { write: (text: string) => said.push(text.trim()) };
  const output = new Output({ json, stdout: { write: () => undefined }, stderr, env: {} });
  return { said, clock, output };
}

describe('progress', () => {
  it('is silent about what takes less than two seconds', async () => {
    const { said, ...around } = watched();
    await withProgress(around, 'Asking', async () => {
      await around.clock.advance(1_999);
    });
    await around.clock.advance(60_000);
    expect(said).toEqual([]);
  });

  it('says what is being done once it has lasted two seconds, then each new step', async () => {
    const { said, ...around } = watched();
    await withProgress(around, 'Asking', async (step) => {
      step('Reading');
      await around.clock.advance(2_000);
      step('Writing');
    });
    expect(said).toEqual(['Reading… (2s)', 'Writing… (2s)']);
  });

  it('repeats how far the same thing is every ten seconds', async () => {
    const { said, ...around } = watched();
    await withProgress(around, 'Asking', async (step) => {
      for (let seconds = 0; seconds <= 12; seconds++) {
        step(`Fetching: ${seconds} MB`);
        await around.clock.advance(1_000);
      }
    });
    expect(said).toEqual(['Fetching: 1 MB… (2s)', 'Fetching: 11 MB… (12s)']);
  });

  it('tells each minute of what lasts longer than two', async () => {
    const { said, ...around } = watched();
    await withProgress(around, 'Asking', () => around.clock.advance(300_000));
    expect(said.slice(-5)).toEqual(
      ['Asking… (1m 52s)', 'Asking… (2m 2s)', 'Asking… (3m 2s)', 'Asking… (4m 2s)'].toSpliced(
        0,
        0,
        'Asking… (1m 42s)',
      ),
    );
  });

  it('is silent where JSON was asked for', async () => {
    const { said, ...around } = watched(true);
    await withProgress(around, 'Asking', async () => {
      await around.clock.advance(10_000);
    });
    expect(said).toEqual([]);
  });
});
