import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

const common = ['--data-dir=d', '--bundle=b', '--api-port=0'];
const engine = ['--engine-url=http://127.0.0.1:8551', '--jwt=jwt.hex'];
const produce = ['--produce', '--seed=s', '--validators=64'];

describe('the arguments of mayfly', () => {
  it('describe a producer', () => {
    expect(parseArguments([...common, ...engine, ...produce])).toMatchObject({
      dataDir: 'd',
      apiAddress: '127.0.0.1',
      apiPort: 0,
      produce: true,
      validators: 64,
      stubEngine: false,
      logLevel: 'info',
    });
  });

  it('describe a follower', () => {
    const options = parseArguments([...common, '--stub-engine', '--follow=http://127.0.0.1:5052']);
    expect(options).toMatchObject({ follow: 'http://127.0.0.1:5052', produce: false, stubEngine: true });
  });

  it.each([
    [[...common, ...engine], 'either --produce or --follow'],
    [[...common, ...engine, ...produce, '--follow=x'], 'either --produce or --follow'],
    [[...common, ...engine, '--produce', '--seed=s'], '--produce needs --seed and --validators'],
    [[...common, ...produce], '--engine-url and --jwt, or --stub-engine'],
    [['--bundle=b', '--api-port=0'], '--data-dir'],
    [[...common.slice(0, 2), '--api-port=70000', ...engine, ...produce], 'not a port'],
    [[...common.slice(0, 2), '--api-port=', ...engine, ...produce], 'not a port'],
    [[...common, ...engine, ...produce, '--fee-recipient=0x12'], 'not an address'],
    [[...common, ...engine, ...produce, '--peers=3'], '--peers'],
  ])('are refused: %j', (argv, reason) => {
    expect(() => parseArguments(argv)).toThrow(reason);
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'EPH-MAYFLY-USAGE', exitCode: 2 }),
    );
  });
});
