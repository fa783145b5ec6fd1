/** The value of an ExecStart line: words quoted where need be, `%` and `$` as themselves (systemd.service(5)). */
export function systemdCommand(words: readonly string[]): string {
  return words.map((text) => word(text.replaceAll('$', '$$$$'))).join(' ');
}

/** The value of an Environment line, where `$` means nothing else (systemd.exec(5)). */
export function systemdEnvironment(name: string, value: string): string {
  return word(`${name}=${value}`);
}

function word(text: string): string {
  const plain = text.replaceAll('%', '%%');
  if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The value of any other line: to its end as it is, but for `%`. */
export function systemdValue(text: string): string {
  return text.replaceAll('%', '%%').replaceAll('\n', ' ');
}
