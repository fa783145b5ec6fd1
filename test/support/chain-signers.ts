import { type PublicKey, readPublicKey } from '../../src/core/keys/public-key.ts';

interface Validator {
  readonly index: string;
  readonly validator: { readonly pubkey: string };
}

/** Which of some keys a network itself saw signing, asked of its own beacon node while there is one. */
export class ChainSigners {
  /** By validators root. */
  readonly seen = new Map<string, Set<PublicKey>>();
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private readonly api: string;
  private readonly keys: readonly PublicKey[];

  constructor(api: string, keys: readonly PublicKey[]) {
    this.api = api;
    this.keys = keys;
  }

  /** Looks at epoch 0, once a second at most. A network that is just starting or ending tells nothing. */
  async look(): Promise<void> {
    if (performance.now() < this.lookedAtMs + 1_000) return;
    this.lookedAtMs = performance.now();
    const root = await this.root();
    const validators = await this.ask<readonly Validator[]>(
      `beacon/states/head/validators?id=${this.keys.join()}`,
    );
    if (root === undefined || validators === undefined || validators.length === 0) return;
    const indices = validators.map(({ index }) => index);
    const live = await this.ask<readonly { index: string; is_live: boolean }[]>(
      'validator/liveness/0',
      indices,
    );
    if (live === undefined || (await this.root()) !== root) return;
    const signed = live.filter(({ is_live: isLive }) => isLive).map(({ index }) => index);
    for (const { index, validator } of validators) {
      const key = readPublicKey(validator.pubkey);
      if (key === undefined || !signed.includes(index)) continue;
      this.seen.set(root, (this.seen.get(root) ?? new Set()).add(key));
    }
  }

  private async root(): Promise<string | undefined> {
    const genesis = await this.ask<{ genesis_validators_root: string }>('beacon/genesis');
    return genesis?.genesis_validators_root;
  }

  private async ask<T>(path: string, body?: unknown): Promise<T | undefined> {
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const init = { ...(body === undefined ? {} : post), signal: AbortSignal.timeout(2_000) };
    const answer = await fetch(`${this.api}/eth/v1/${path}`, init).catch(() => undefined);
    return answer?.ok === true ? ((await answer.json()) as { data: T }).data : undefined;
  }
}
