import { readFile } from 'node:fs/promises';

/** What the first program of a container may do, as the kernel has it: engines differ in how they tell of it. */
export async function capabilitiesOf(container: {
  readonly State: { readonly Pid: number };
}): Promise<string> {
  const status = await readFile(`/proc/${container.State.Pid}/status`, 'utf8');
  const [, effective = 'unknown', bounding = 'unknown'] =
    /^CapEff:\s*0*([0-9a-f]+)$[\s\S]*^CapBnd:\s*0*([0-9a-f]+)$/m.exec(status) ?? [];
  return `effective ${effective}, bounding ${bounding}`;
}

export const noCapabilities = 'effective 0, bounding 0';
