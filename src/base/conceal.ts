const shown = '[secret]';

/** Shorter ones would take half of every text with them. */
const shortest = 4;

/** A text of somebody else's without these secrets: as they are, as they stand in JSON, and in an address. */
export function conceal(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .toSorted((a, b) => b.length - a.length);
  return forms.reduce((rest, form) => rest.replaceAll(form, shown), text);
}
