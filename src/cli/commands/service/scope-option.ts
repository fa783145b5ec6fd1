import { flag } from '../../option.ts';

export const systemOption = flag(
  "The system's service, started at boot; needs root. The user's unless given.",
);

export function scopeOf(options: { readonly system: boolean }): 'system' | 'user' {
  return options.system ? 'system' : 'user';
}
