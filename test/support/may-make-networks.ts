import { execFileSync } from 'node:child_process';

/** Some machines that themselves are containers let nobody make network devices. */
export function mayNotMakeNetworks(): string | undefined {
  try {
    execFileSync('iptables', ['-t', 'nat', '-L', '-n'], { stdio: 'ignore', timeout: 20_000 });
    execFileSync('unshare', ['--mount', '--net', 'true'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch (cause) {
    return `networks for containers may not be made here (${String(cause).split('\n')[0]})`;
  }
}
