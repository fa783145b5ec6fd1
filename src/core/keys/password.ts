/** C0 and C1 control codes and DEL, which no keyboard is trusted to send alike. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is what this is for.
const controlCodes = /[\u0000-\u001f\u007f-\u009f]/g;

/** A password as the key derivation takes it: NFKD, without control codes, UTF-8. Source: EIP-2335, "Password requirements". */
export function passwordBytes(password: string): Uint8Array {
  return new TextEncoder().encode(password.normalize('NFKD').replaceAll(controlCodes, ''));
}
