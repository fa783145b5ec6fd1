/** The genesis engine's own computation of an execution genesis block, loaded when a release is verified. */
export async function loadExecutionHash(): Promise<(genesisJson: string) => string | undefined> {
  return (await import('../../genesis/execution/block-hash-of.ts')).executionBlockHashOf;
}
