import { optionName } from './command.ts';
import { cliErrors } from './errors.ts';

/** Throws EPH-CLI-USAGE when two options were given of which one would be ignored. `command`: its words after `ephemery`. */
export function refuseTogether<V extends object>(
  command: string,
  values: V,
  pairs: readonly (readonly [keyof V & string, keyof V & string])[],
): void {
  const isGiven = (key: keyof V) => {
    const value = values[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  };
  const both = pairs.find(([one, other]) => isGiven(one) && isGiven(other));
  if (both === undefined) return;
  const [one, other] = both.map(optionName);
  throw cliErrors.create('EPH-CLI-USAGE', {
    problem: `${one} and ${other} exclude each other: give one of them.`,
    command: `ephemery ${command}`,
  });
}
