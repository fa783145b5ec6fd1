import { releaseFindings } from '../../core/findings/release.ts';

/** Every family of findings; the reference page of codes is made from this list. */
export const findingFamilies = [releaseFindings] as const;
