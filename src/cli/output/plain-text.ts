// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is what this is for.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins every such sequence.
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** Text without terminal control sequences: what others wrote must not move the cursor or set a title. */
export function plainText(text: string): string {
  return text.replaceAll(sequences, '').replaceAll(controls, '');
}
