import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { Output } from './output.ts';
import { StepProgress } from './step-progress.ts';

function watched() {
  const said: string[] = [];
  const clock = new VirtualClock(0);
  const stderr = { write: (text: string) => said.push(text.trim()) };
  const output = new Output({ json: false, stdout: { write: () => undefined }, stderr, env: {} });
  const steps = new StepProgress({ output, clock });
  const event = (type: string, facts: object) => steps.event({ type, seq: 1, atMs: 0, ...facts });
  return { said, clock, steps, event };
}

const home = { node: 'home', step: 'stop the execution client' };

describe('steps that last', () => {
  it('are said after two seconds, and every ten from then on, until they are done', async () => {
    const { said, clock, event } = watched();
    event('step.started', home);
    await clock.advance(1_999);
    expect(said).toEqual([]);
    await clock.advance(13_000);
    event('step.done', { ...home, durationMs: 15_000 });
    await clock.advance(60_000);
    expect(said).toEqual(['home: stop the execution client… (2s)', 'home: stop the execution client… (12s)']);
  });

  it('are told apart by node and step, and a failed one has ended', async () => {
    const { said, clock, event } = watched();
    event('step.started', home);
    event('step.started', { ...home, node: 'other' });
    event('step.failed', { ...home, code: 'EPH-X', detail: 'x' });
    await clock.advance(3_000);
    expect(said).toEqual(['other: stop the execution client… (2s)']);
  });

  it('end with the supervisor', async () => {
    const { said, clock, event } = watched();
    event('step.started', home);
    event('supervisor.ending', { nodes: 'stopping' });
    await clock.advance(60_000);
    expect(said).toEqual([]);
  });
});
