import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import { type PublicKey, readPublicKey } from '../core/keys/public-key.ts';
import { mayflyValidatorErrors } from './errors.ts';

export interface ValidatorSettings {
  readonly feeRecipient?: string;
  readonly gasLimit?: string;
  readonly graffiti?: string;
}

/** What holds for a key without a setting of its own. */
export type CommonSettings = (key: PublicKey) => ValidatorSettings;

export type SettingName = keyof ValidatorSettings;

/** Nobody's account. */
const noFeeRecipient = `0x${'00'.repeat(20)}`;
/** What clients ask builders for unless told; this one asks none. */
const usualGasLimit = '60000000';

const schema = z.record(
  z.string(),
  z.object({
    feeRecipient: z.string().optional(),
    gasLimit: z.string().optional(),
    graffiti: z.string().optional(),
  }),
);

/** Fee recipient, gas limit and graffiti of each key, where they are not those of all: kept over restarts. */
export class SettingsBook {
  private readonly path: string;
  private readonly common: CommonSettings;
  private readonly byKey: Map<PublicKey, ValidatorSettings>;

  private constructor(path: string, common: CommonSettings, byKey: Map<PublicKey, ValidatorSettings>) {
    this.path = path;
    this.common = common;
    this.byKey = byKey;
  }

  /** @throws EPH-MAYFLY-VALIDATOR-KEY-FILE when the file is there and holds something else. */
  static async open(path: string, common: CommonSettings): Promise<SettingsBook> {
    return new SettingsBook(path, common, await readSettings(path));
  }

  feeRecipientOf(key: PublicKey): string {
    return this.byKey.get(key)?.feeRecipient ?? this.common(key).feeRecipient ?? noFeeRecipient;
  }

  gasLimitOf(key: PublicKey): string {
    return this.byKey.get(key)?.gasLimit ?? this.common(key).gasLimit ?? usualGasLimit;
  }

  graffitiOf(key: PublicKey): string {
    return this.byKey.get(key)?.graffiti ?? this.common(key).graffiti ?? 'Mayfly';
  }

  /** Undefined takes the key's own value away, so that the common one holds again. */
  async set(key: PublicKey, name: SettingName, value: string | undefined): Promise<void> {
    const { [name]: _, ...others } = this.byKey.get(key) ?? {};
    const settings = value === undefined ? others : { ...others, [name]: value };
    if (Object.keys(settings).length === 0) this.byKey.delete(key);
    else this.byKey.set(key, settings);
    await writeFileAtomic(this.path, `${JSON.stringify(Object.fromEntries(this.byKey), undefined, 2)}\n`);
  }
}

async function readSettings(path: string): Promise<Map<PublicKey, ValidatorSettings>> {
  try {
    const entries = Object.entries(schema.parse(JSON.parse(await readFile(path, 'utf8'))));
    return new Map(
      entries.flatMap(([text, settings]) => {
        const key = readPublicKey(text);
        return key === undefined ? [] : [[key, settings as ValidatorSettings] as const];
      }),
    );
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    const facts = { path, reason: messageOf(cause) };
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-KEY-FILE', facts, cause);
  }
}
