import { identityName } from '../../src/core/network/identity.ts';
import { protectionFolder } from '../../src/core/node/protection-choice.ts';
import type { World } from './world.ts';

/** What must hold at every moment, whatever fails. Checked against what is really so, not against what is recorded. */
export class Invariants {
  readonly broken: string[] = [];
  private readonly world: World;
  private readonly treasures = new Set<string>();
  private signer: unknown;

  constructor(world: World) {
    this.world = world;
    world.disk.onRemove = (folder) => this.onRemove(folder);
  }

  /** A loss that the scenario itself brings about. */
  expectLoss(treasure: string): void {
    this.treasures.delete(treasure);
  }

  check(moment: string): void {
    this.nothingPreciousGone(moment);
    this.oneOfEachRole(moment);
    this.validatorOnlyOnProven(moment);
    for (const violation of this.world.truth.violations.splice(0)) this.fail(moment, violation);
  }

  private fail(moment: string, what: string): void {
    const text = `${what} (at "${moment}", ${Math.round(this.world.clock.monotonicMs())} ms)`;
    if (this.broken.length < 5) this.broken.push(text);
  }

  private nothingPreciousGone(moment: string): void {
    const now = new Set(this.world.disk.treasures());
    for (const treasure of this.treasures) if (!now.has(treasure)) this.fail(moment, `lost: ${treasure}`);
    for (const treasure of now) this.treasures.add(treasure);
  }

  private oneOfEachRole(moment: string): void {
    const names = this.world.host.up().map((process) => process.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.fail(moment, `two of ${twice} are up`);
  }

  private validatorOnlyOnProven(moment: string): void {
    const { truth } = this.world;
    const network = truth.validatorNetwork();
    if (network === undefined) return;
    for (const layer of ['execution', 'consensus'] as const) {
      const under = truth.networkUnder(layer);
      const same = under !== undefined && identityName(under) === identityName(network);
      if (!same) this.fail(moment, `the validator client is up while ${layer} is on another network`);
      else if (!truth.wasNamed(layer))
        this.fail(moment, `the validator client is up while ${layer} is unproven`);
    }
    const data = truth.running('validator')?.run.spec.mounts.find((mount) => mount.key === 'data')?.hostPath;
    if (data !== undefined && !data.includes(network.genesisValidatorsRoot.slice(2, 10))) {
      this.fail(moment, `the validator client signs for one network with the protection of another`);
    }
    if (data !== undefined) this.onOpenedProtection(moment, data);
  }

  /** Looked at when a signer is first seen: what a scenario takes from under it later is another matter. */
  private onOpenedProtection(moment: string, data: string): void {
    const { truth, disk } = this.world;
    const signer = truth.running('validator');
    if (signer === this.signer) return;
    this.signer = signer;
    const isOpened = disk.protection.some((store) => data.endsWith(`/${protectionFolder(store)}`));
    if (!isOpened) this.fail(moment, `the validator client signs on ${data}, which was never opened`);
  }

  /** Neither what runs nor what the running network has on the disk may go. */
  private onRemove(folder: string): void {
    const { truth, host, disk } = this.world;
    const going = disk.chains.get(folder);
    if (going === undefined) return;
    const inUse = host
      .up()
      .some((p) => p.run.spec.mounts.some((m) => m.hostPath.startsWith(`/chains/${folder}/`)));
    if (inUse) this.fail('remove', `${folder} is removed while a client runs on it`);
    for (const layer of ['execution', 'consensus'] as const) {
      const running = truth.running(layer) === undefined ? undefined : truth.networkUnder(layer);
      if (running !== undefined && identityName(running) === identityName(going.identity)) {
        this.fail('remove', `${folder} is removed while ${layer} runs on that network`);
      }
    }
  }
}
