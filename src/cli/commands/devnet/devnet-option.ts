import { text, withDefault } from '../../option.ts';

/** Which local network a disturbance is for. */
export const devnetOption = withDefault(text('name', 'Which local network of this home.'), 'devnet');
