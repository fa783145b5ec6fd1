import { identityName, sameIdentity } from '../../core/network/identity.ts';
import type { NodeLayer } from '../../core/node/desired.ts';
import { isProven } from '../../core/node/layer-verdict.ts';
import type { CrashRecord, ObservedNode } from '../../core/node/observed.ts';
import { crashesWorthTelling } from '../../core/node/restart-policy.ts';
import type { StepOf } from '../../core/node/step.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import type { CheckpointAdvised, NodeEnvironment } from './node-environment.ts';

type ChainStep = StepOf<'prepare'> | StepOf<'start'>;

/** With what a new consensus directory begins: asked before it is prepared, and again when a client does not come up with it. */
export class CheckpointStep {
  private readonly node: string;
  private readonly env: NodeEnvironment;
  private readonly journal: JournalKeeper;
  /** Providers that did not do, by the name of the network's identity. */
  private readonly failed = new Map<string, string[]>();

  constructor(node: string, env: NodeEnvironment, journal: JournalKeeper) {
    this.node = node;
    this.env = env;
    this.journal = journal;
  }

  /** The provider to begin with; undefined for genesis, and for data that have proven themselves already. */
  url({ folder, client }: { readonly folder: string; readonly client: string }): string | undefined {
    const { checkpoint } = this.journal.state;
    if (checkpoint?.folder !== folder || checkpoint.client !== client) return undefined;
    return isProven(this.journal.state, 'consensus', { folder, client }) ? undefined : checkpoint.provider;
  }

  /** Milliseconds to wait before the step may be done; 0 when it is decided. `unit`: whose program it runs in. */
  async decide(step: ChainStep, observed: ObservedNode, unit: NodeLayer = step.layer): Promise<number> {
    const { checkpoints } = this.env;
    if (step.layer !== 'consensus' || checkpoints === undefined) return 0;
    if (step.kind === 'start' && !this.mustChooseAgain(step, observed.crashes[unit])) return 0;
    const bundle = observed.bundles.find((held) => sameIdentity(held.identity, step.identity));
    if (bundle === undefined) return 0;
    const { folder, client } = step;
    const advised = await checkpoints.choose({
      bundle,
      folder,
      avoid: this.failed.get(identityName(step.identity)) ?? [],
    });
    if (advised.advice === 'wait') return advised.waitMs;
    const chosen = {
      folder,
      client,
      ...(advised.advice === 'use' ? choiceOf(advised) : { reason: advised.reason }),
    };
    await this.journal.record({ type: 'checkpoint.chosen', ...chosen });
    const { advice: _advice, ...facts } = advised;
    this.env.emit({ type: 'checkpoint.chosen', node: this.node, from: fromOf(advised), ...facts });
    return 0;
  }

  /** A client that ends again and again before it has proven itself may be unable to read that provider's state. */
  private mustChooseAgain(step: StepOf<'start'>, crashes: CrashRecord): boolean {
    const provider = this.url(step);
    if (provider === undefined || crashes.count < crashesWorthTelling) return false;
    this.avoid(identityName(step.identity), provider);
    return true;
  }

  /** The provider of a run is not asked again on its network. */
  giveUp({ folder, identity }: { readonly folder: string; readonly identity: string }): void {
    const { checkpoint } = this.journal.state;
    if (checkpoint?.folder === folder && checkpoint.provider !== undefined)
      this.avoid(identity, checkpoint.provider);
  }

  private avoid(identity: string, provider: string): void {
    this.failed.set(identity, [...new Set([...(this.failed.get(identity) ?? []), provider])]);
  }
}

function choiceOf({ url, epoch, root, confirmedBy }: Extract<CheckpointAdvised, { advice: 'use' }>) {
  return { provider: url, agreed: { epoch, root, confirmedBy } };
}

function fromOf({ advice }: { readonly advice: 'use' | 'genesis' }): 'checkpoint' | 'genesis' {
  return advice === 'use' ? 'checkpoint' : 'genesis';
}
