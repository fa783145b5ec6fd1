import { backupFindings } from '../../core/findings/backup.ts';
import { checkpointFindings } from '../../core/findings/checkpoint.ts';
import { devnetFindings } from '../../core/findings/devnet.ts';
import { externalFindings } from '../../core/findings/external.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { nodeFindings } from '../../core/findings/node.ts';
import { peersFindings } from '../../core/findings/peers.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import { syncFindings } from '../../core/findings/sync.ts';
import { validatorFindings } from '../../core/findings/validators.ts';

/** Every family of findings; the reference page of codes is made from this list. */
export const findingFamilies = [
  releaseFindings,
  nodeFindings,
  validatorFindings,
  checkpointFindings,
  syncFindings,
  peersFindings,
  externalFindings,
  backupFindings,
  devnetFindings,
  hostFindings,
] as const;
