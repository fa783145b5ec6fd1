/** Why a target does not do it, in words of ours, and what to do then. Holds no credentials. */
export class TargetRefusal extends Error {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

export const makeRoom =
  'Make room there, or keep fewer backups (backup.keep). Older backups are still there.';
