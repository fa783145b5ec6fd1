import { networkErrors } from '../../core/network/errors.ts';

/** Every family of errors; the reference page of codes is made from this list. */
export const errorFamilies = [networkErrors] as const;
