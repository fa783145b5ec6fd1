import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientsBehind, createCatalogue } from './catalogue.ts';
import { mayfly } from './consensus/mayfly.ts';
import { ethereumjs } from './execution/ethereumjs.ts';
import { refuseManagedFlags } from './managed-flags.ts';

const catalogue = createCatalogue([ethereumjs, mayfly]);

describe('the catalogue', () => {
  it('finds a client by layer and id', () => {
    expect(catalogue.get('execution', 'ethereumjs')).toBe(ethereumjs);
  });

  it('names what there is when asked for what there is not', () => {
    expect(() => catalogue.get('consensus', 'ethereumjs')).toThrow(
      expect.objectContaining({
        code: 'EPH-CLIENT-UNKNOWN',
        facts: { layer: 'consensus', client: 'ethereumjs', known: ['mayfly'] },
      }),
    );
  });

  it('does not take two entries of one name', () => {
    expect(() => createCatalogue([mayfly, mayfly])).toThrow('two entries');
  });
});

describe('reaching the fork of an iteration', () => {
  const pair = [
    { definition: ethereumjs, version: '0.10.5' },
    { definition: mayfly, version: '0.1.0' },
  ];
  const identity = { iteration: 9 };

  it('is content while all do', () => {
    expect(clientsBehind(pair, { highestFork: 'electra', identity })).toEqual([]);
  });

  it('gives the reason for each that does not', () => {
    const [behind, ...others] = clientsBehind(pair, { highestFork: 'fulu', identity });
    expect(others).toEqual([]);
    expect(behind?.message).toBe(
      'EthereumJS 0.10.5 knows the forks up to electra; iteration 9 schedules fulu.',
    );
  });
});

describe('managed flags', () => {
  const refused = (args: readonly string[]) => () => refuseManagedFlags(ethereumjs, args);

  it.each([
    [['--dataDir', '/elsewhere']],
    [['--dataDir=/elsewhere']],
    [['-dataDir=/elsewhere']],
    [['--data-dir', '/elsewhere']],
    [['--dataD=/elsewhere']],
    [['--no-rpcEngine']],
    [['--logLevel=debug', '--JWTSECRET=x']],
  ])('refuses %j', (args) => {
    expect(refused(args)).toThrow(expect.objectContaining({ code: 'EPH-CLIENT-MANAGED-FLAG' }));
  });

  it('names the flag and the argument', () => {
    expect(refused(['--rpcPort=1'])).toThrow('"--rpcPort=1" cannot be given to EthereumJS: --rpcPort is set');
  });

  it.each([
    [['--logLevel=debug']],
    [['--maxPeers', '5']],
    [['--maxPeers', 'dataDir']],
    [['--rpcDebug=eth']],
    [['--']],
  ])('lets %j pass', (args) => {
    expect(refused(args)).not.toThrow();
  });

  it('refuses every managed flag in every spelling', () => {
    const flag = fc.constantFrom(...ethereumjs.managedFlags, ...mayfly.managedFlags);
    const spell = fc.constantFrom(
      (name: string) => `--${name}`,
      (name: string) => `-${name}=x`,
      (name: string) => `--no-${name}`,
      (name: string) => `--${name.toUpperCase()}`,
      (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    fc.assert(
      fc.property(flag, spell, (managed, spelled) => {
        const client = ethereumjs.managedFlags.includes(managed) ? ethereumjs : mayfly;
        expect(() => refuseManagedFlags(client, [spelled(managed.slice(2))])).toThrow(
          'is set by Ephemery Node',
        );
      }),
    );
  });
});
