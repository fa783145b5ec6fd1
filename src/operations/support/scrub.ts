const shown = '[secret]';

/** Shorter ones are taken out as whole words only: within words they would take half of every text with them. */
const leastSecretLength = 6;
/** Words of JSON itself, and what is no word at all. */
const isNoWord = (secret: string) => /^(?:true|false|null|[^\p{L}\p{N}]{0,5})$/iu.test(secret);

/** Takes secrets out of a text: those that are known by value, and whatever looks like one. */
export type Scrub = (text: string) => string;

/** A scrub that knows these values. They are found in any case of letters, and as they stand in an address. */
export function createScrub(secrets: Iterable<string>): Scrub {
  const known = new Set<string>();
  for (const secret of secrets) {
    if (isNoWord(secret)) continue;
    known.add(secret);
    known.add(encodeURIComponent(secret));
    // As it stands in JSON, without the quotes.
    known.add(JSON.stringify(secret).slice(1, -1));
  }
  const longestFirst = [...known].sort((a, b) => b.length - a.length);
  const expressions = longestFirst.map(expressionOf);
  return (text) => {
    const without = expressions.reduce((rest, expression) => rest.replace(expression, shown), text);
    return looksSecret.reduce((rest, { found, instead }) => rest.replace(found, instead), without);
  };
}

const secretName = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|mnemonic|seed)[\w.-]*`;

const looksSecret: readonly { readonly found: RegExp; readonly instead: string }[] = [
  // Credentials in an address, and everything after its question mark.
  { found: /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, instead: `$1${shown}@` },
  { found: /\b(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]+/gi, instead: `$1?${shown}` },
  { found: /\b(authorization|cookie|set-cookie)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi, instead: `$1$2${shown}` },
  { found: /\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi, instead: `$1 ${shown}` },
  // A JSON web token.
  { found: /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, instead: shown },
  { found: /-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, instead: shown },
  // `password=…`, `"token": "…"`, `--api-key …`; paths of files are no secrets.
  {
    found: new RegExp(
      String.raw`\b(${secretName})(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;"'}\]/.][^\s,;"'}\]]*)`,
      'gi',
    ),
    instead: `$1$2"${shown}"`,
  },
  { found: new RegExp(String.raw`(--${secretName})\s+(?![-/.])\S+`, 'gi'), instead: `$1 ${shown}` },
  // 32 bytes that are called a key.
  {
    found: /\b((?:priv\w*|secret|signing|node)[ _-]?key\W{0,4})(?:0x)?[0-9a-f]{64}\b/gi,
    instead: `$1${shown}`,
  },
  // Twelve lower-case words in a row are more likely a mnemonic than a sentence.
  { found: /\b(?:[a-z]{3,8}[ ,]+){11,}[a-z]{3,8}\b/g, instead: shown },
];

function expressionOf(secret: string): RegExp {
  const pattern = escaped(secret);
  if (secret.length >= leastSecretLength) return new RegExp(pattern, 'gi');
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])${pattern}(?![\p{L}\p{N}_])`, 'giu');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
