import { type Answer, known, unknown } from '../base/answer.ts';
import { displayUrl } from '../base/http-url.ts';
import { versionOfTag } from '../core/clients/release-place.ts';
import { isNpmName } from './choose-artifact.ts';
import type { AskRelease, PublishedRelease } from './published-release.ts';

const deadlineMs = 20_000;
const mostAddress = 512;

/** The settings of a project in the working directory are no concern of ours: programs are installed elsewhere. */
const flags = ['--global', '--json', '--fetch-retries=0', '--fetch-timeout=10000', '--no-update-notifier'];

/** What npm calls `latest`, at the registry and by the proxy of the user's own npm. Throws the signal's reason alone. */
export async function newestOfNpm(
  name: string,
  { execute, signal }: Pick<AskRelease, 'execute' | 'signal'>,
): Promise<Answer<PublishedRelease>> {
  if (!isNpmName(name)) return unknown('its package has a name that no registry has');
  const outcome = await execute({
    command: ['npm', 'view', ...flags, '--', name, 'version', 'dist.tarball'],
    deadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (outcome.outcome === 'not-found') return unknown('there is no npm on the PATH');
  if (outcome.outcome === 'deadline') return unknown(`npm did not answer within ${deadlineMs / 1_000} s`);
  const said = parsed(outcome.stdout);
  if (outcome.exitCode !== 0) return unknown(`npm could not ask: ${codeOf(said) ?? 'it does not say why'}`);
  const version = typeof said.version === 'string' ? versionOfTag(said.version, '{version}') : undefined;
  const tarball = said['dist.tarball'];
  const isAddress = typeof tarball === 'string' && tarball.length <= mostAddress && /^https?:/.test(tarball);
  if (version === undefined || !isAddress || !URL.canParse(tarball))
    return unknown('npm names no version of it');
  return known({ version, tag: 'latest', address: displayUrl(tarball) });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** `ECONNREFUSED`, `E404`: the rest of what npm says holds addresses. */
function codeOf({ error }: Readonly<Record<string, unknown>>): string | undefined {
  const code = isRecord(error) ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
