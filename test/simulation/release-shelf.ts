import type { ReleaseBundle } from '../../src/core/network/bundle.ts';
import type { NodeReleases, ObtainAnswer } from '../../src/operations/node/node-environment.ts';
import type { OurLife } from './our-life.ts';

/** Releases of the simulated network: which are published when, and which are on our disk. */
export class ReleaseShelf {
  private readonly held = new Map<number, ReleaseBundle[]>();
  /** What asking for an iteration gives now; a bundle is then on the disk. */
  answer: (iteration: number) => ReleaseBundle | ObtainAnswer = () => ({
    answer: 'not-yet',
    detail: 'nothing is published',
  });
  asked = 0;

  hold(bundle: ReleaseBundle): void {
    const { iteration } = bundle.identity;
    const before = this.held.get(iteration) ?? [];
    if (before.some((b) => b.directory === bundle.directory)) return;
    this.held.set(iteration, [...before, bundle]);
  }

  heldOf(iteration: number): readonly ReleaseBundle[] {
    return this.held.get(iteration) ?? [];
  }

  lose(iteration: number): void {
    this.held.delete(iteration);
  }

  /** The shelf as one life of our process sees it. `fetchMs`: how long a download takes. */
  for(life: OurLife, wait: (signal: AbortSignal) => Promise<void>): NodeReleases {
    return {
      held: async (iteration) => {
        life.gate('read disk');
        return this.heldOf(iteration);
      },
      obtain: async (iteration, signal) => {
        life.gate('fetch');
        this.asked += 1;
        await wait(signal);
        life.gate('fetched');
        const answer = this.answer(iteration);
        if ('answer' in answer) return answer;
        this.hold(answer);
        return { answer: 'found' };
      },
      findings: () => [],
    };
  }
}
