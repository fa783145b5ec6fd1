import { devnetFindings } from '../../core/findings/devnet.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { devnetFolder } from '../devnet/devnet-file.ts';
import { readLeftOut } from '../devnet/left-out.ts';
import type { SupervisorEvent } from './supervisor-event.ts';
import { ToldFindings } from './told-findings.ts';

/** Files of genesis validators that local networks did not take: they say so in a file of their folder. */
export class LeftOutWatch {
  private readonly paths: Pick<RootPaths, 'root'>;
  private readonly told: ToldFindings;

  constructor(paths: Pick<RootPaths, 'root'>, emit: (event: SupervisorEvent) => void) {
    this.paths = paths;
    this.told = new ToldFindings(emit);
  }

  get findings(): readonly Finding[] {
    return this.told.all;
  }

  /** One look at these networks; others are of no interest any more. */
  async look(networks: readonly string[]): Promise<void> {
    for (const network of networks) {
      const leftOut = await readLeftOut(devnetFolder(this.paths.root, network));
      const findings = (leftOut?.files ?? []).map(({ file, reason }) =>
        devnetFindings.create(
          'EPH-DEVNET-VALIDATORS-LEFT-OUT',
          { network, iteration: leftOut?.iteration ?? 0, file, reason: reason.replace(/\.$/, '') },
          { network },
        ),
      );
      this.told.tell(network, findings, isSame);
    }
    this.told.keepOnly(networks);
  }
}

function isSame({ facts }: Finding, other: Finding): boolean {
  return JSON.stringify(facts) === JSON.stringify(other.facts);
}
