import { releaseFindings } from '../../findings/release.ts';
import { bundleFiles } from '../bundle.ts';
import type { ForkName } from '../forks.ts';
import type { FailedCheck } from './expectation.ts';
import type { ReleaseFacts } from './release-facts.ts';

const slotsPerEpoch = 32;
const executionForks: Partial<Record<ForkName, string>> = {
  capella: 'shanghaiTime',
  deneb: 'cancunTime',
  electra: 'pragueTime',
  fulu: 'osakaTime',
  gloas: 'amsterdamTime',
};

/** What is worth telling about a release that may be used all the same. */
export function remarksOn(facts: ReleaseFacts): readonly FailedCheck[] {
  const unknownForks = (facts.config?.unknownForks ?? []).map((key): FailedCheck => {
    return { effect: 'tell', finding: releaseFindings.create('EPH-RELEASE-UNKNOWN-FORK', { key }) };
  });
  return [...unknownForks, ...bootnodeRemarks(facts), ...forkTimeRemarks(facts)];
}

function bootnodeRemarks(facts: ReleaseFacts): readonly FailedCheck[] {
  const lists = [
    { file: bundleFiles.enodes, list: facts.enodes },
    { file: bundleFiles.bootstrapNodes, list: facts.enrs },
  ];
  return lists
    .filter(({ list }) => list.refused > 0)
    .map(({ file, list }) => {
      const counts = { file, usable: list.records.length, refused: list.refused };
      return { effect: 'tell', finding: releaseFindings.create('EPH-RELEASE-BOOTNODES', counts) };
    });
}

/** A fork at epoch e comes at genesis + e * 32 * slot time; at epoch 0 it must not come after genesis. */
function forkTimeRemarks({ config, execution, state }: ReleaseFacts): readonly FailedCheck[] {
  const slotSeconds = config?.number('SECONDS_PER_SLOT');
  if (config === undefined || execution === undefined || state === undefined) return [];
  return config.forks.flatMap(({ fork, epoch }): readonly FailedCheck[] => {
    const field = executionForks[fork];
    if (field === undefined || slotSeconds === undefined) return [];
    const seconds = execution.forkTimes.get(field);
    const due = state.genesisTimeSeconds + epoch * slotsPerEpoch * slotSeconds;
    const fits = seconds !== undefined && (epoch === 0 ? seconds <= due : seconds === due);
    if (fits) return [];
    const facts = {
      file: bundleFiles.executionGenesis,
      field: `config.${field}`,
      found: `${seconds ?? 'nothing'}`,
      expected: `${epoch === 0 ? 'at most ' : ''}${due}`,
    };
    return [{ effect: 'tell', finding: releaseFindings.create('EPH-RELEASE-FORK-TIME', facts) }];
  });
}
