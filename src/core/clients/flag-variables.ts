/** The flag that a variable of the environment stands for; undefined when it stands for none. */
export type FlagOfVariable = (variable: string) => string | undefined;

/**
 * A program that takes each of its flags from the environment too, under a prefix. `others`: variables whose words
 * are not the flag's. Of `prefixes` the first that fits is taken, so the longer one comes first.
 */
export function flagsAfter(
  prefixes: readonly string[],
  others: Readonly<Record<string, string>> = {},
): FlagOfVariable {
  return (variable) => {
    const other = others[variable];
    if (other !== undefined) return other;
    const prefix = prefixes.find((start) => variable.startsWith(start));
    return prefix === undefined ? undefined : `--${variable.slice(prefix.length)}`;
  };
}
