/**
 * A prompt reads the terminal raw, so that Ctrl-C comes to it as a key and not to us as a signal. This makes it the
 * signal that the person meant, which the whole command hears, and ends what waits for the answer.
 */
export function pressedCtrlC(): never {
  process.emit('SIGINT', 'SIGINT');
  throw new DOMException('Ctrl-C was pressed at a prompt', 'AbortError');
}
