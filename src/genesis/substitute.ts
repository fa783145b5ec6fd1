import { emptyVariables } from './defaults.ts';
import { genesisErrors } from './errors.ts';
import type { InputFile } from './inputs.ts';
import type { NetworkValues } from './values.ts';

const reference = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Puts values for `$NAME` and `${NAME}` in a template, as `envsubst` does, in one pass: what a value holds
 * is not looked at again. Throws EPH-GENESIS-VARIABLE-UNKNOWN with file and line.
 */
export function substitute(template: InputFile, values: NetworkValues): string {
  return template.text.replace(reference, (_match, braced, bare, offset) => {
    const variable: string = braced ?? bare;
    const value = values.text(variable);
    if (value !== undefined) return value;
    if (emptyVariables.has(variable)) return '';
    const line = template.text.slice(0, offset).split('\n').length;
    throw genesisErrors.create('EPH-GENESIS-VARIABLE-UNKNOWN', { file: template.name, line, variable });
  });
}
