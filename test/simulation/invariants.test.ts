import { beforeEach, describe, expect, it } from 'vitest';
import { identityName } from '../../src/core/network/identity.ts';
import { Invariants } from './invariants.ts';
import { identityOf } from './network.ts';
import { World } from './world.ts';

let world: World;
let invariants: Invariants;
beforeEach(async () => {
  world = new World();
  invariants = new Invariants(world);
  world.mayHappen = (moment) => invariants.check(moment);
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
  world.kill();
  invariants.check('before');
  expect(invariants.broken).toEqual([]);
});

const here = identityName(identityOf(10));

/** Another process of the name and kind of one that runs. */
function runTwice(layer: string): void {
  const process = world.truth.running(layer);
  if (process !== undefined) world.host.spawn(process.run, process.script);
}

/** The same client on another data directory, and the one before ended. */
function movedTo(layer: string, data: (path: string) => string): void {
  const process = world.truth.running(layer);
  if (process === undefined) throw new Error(`${layer} does not run`);
  const { spec } = process.run;
  const mounts = spec.mounts.map((mount) =>
    mount.key === 'data' ? { ...mount, hostPath: data(mount.hostPath) } : mount,
  );
  const run = { ...process.run, spec: { ...spec, mounts } };
  world.host.remove(spec.name);
  world.host.spawn(run, world.truth.behaviour(() => process.script)(run));
}

/** What the invariants exist for, done to the world behind everybody's back. */
describe('an invariant of the simulation', () => {
  it.each<[string, () => void, string]>([
    ['a key goes', () => world.disk.keystores.set('main', ['k1', 'k2']), 'lost: key main/k3'],
    [
      'another comes for a key',
      () => world.disk.keystores.set('main', ['k1', 'k2', 'x3']),
      'lost: key main/k3',
    ],
    ['protection goes', () => world.disk.protection.splice(0), 'lost: protection'],
    ['an identity goes', () => world.disk.identityFiles.clear(), 'lost: identity'],
    ['two signers are up', () => runTwice('validator'), 'two of home.validator are up'],
    ['two execution clients are up', () => runTwice('execution'), 'two of home.execution are up'],
    [
      'the folder goes that a client runs on',
      () => world.disk.onRemove(here),
      `${here} is removed while a client runs on it`,
    ],
    [
      'the execution chain of the running network goes',
      () => {
        movedTo('execution', () => '/elsewhere/execution');
        world.host.remove('home.consensus');
        world.disk.onRemove(here);
      },
      `${here} is removed while execution runs on that network`,
    ],
    [
      'the consensus chain of the running network goes',
      () => world.disk.onRemove(here),
      `${here} is removed while consensus runs on that network`,
    ],
    [
      'the chain under the signer was never named',
      () => movedTo('consensus', (path) => `${path}-new`),
      'is up while consensus is unproven',
    ],
    [
      'the signer has the protection of another network',
      () => movedTo('validator', () => '/protection/ffffffff/gamma-1'),
      'with the protection of another',
    ],
    [
      'the signer is on protection that nobody opened',
      () => movedTo('validator', (path) => path.replace(/-\d+$/, '-99')),
      'which was never opened',
    ],
    [
      'the chain under the signer becomes another',
      () => world.truth.addBundle(`/releases/${here}`, identityOf(11)),
      'is on another network',
    ],
  ])('is broken when %s', (_what, happen, told) => {
    happen();
    invariants.check('after');
    expect(invariants.broken.join('\n')).toContain(told);
  });
});
