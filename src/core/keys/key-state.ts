/** Where a key is in its life on one iteration; unknown is never taken for absent. */
export type KeyState = 'absent' | 'pending' | 'active' | 'exiting' | 'exited' | 'slashed' | 'unknown';

/** Source of the statuses: ethereum/beacon-APIs, `ValidatorStatus`. One that we do not know is unknown. */
export function keyStateOf(validator: { readonly status: string; readonly slashed: boolean }): KeyState {
  const { status, slashed } = validator;
  if (slashed || status.endsWith('_slashed')) return 'slashed';
  if (status === 'active_exiting') return 'exiting';
  if (status.startsWith('pending')) return 'pending';
  if (status.startsWith('active')) return 'active';
  return status.startsWith('exited') || status.startsWith('withdrawal') ? 'exited' : 'unknown';
}
