import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import type { SettingName } from '../settings.ts';
import type { Keymanager } from './keymanager.ts';
import { KeymanagerError } from './keymanager-error.ts';
import { parse } from './keystore-routes.ts';

interface KeyParameters {
  readonly Params: { readonly pubkey: string };
}

interface SettingRoute {
  /** The last part of the path. */
  readonly path: string;
  readonly name: SettingName;
  /** The field that carries it. */
  readonly field: string;
  readonly form: z.ZodType<string>;
  readonly current: (keymanager: Keymanager, key: PublicKey) => string;
}

const zeroAddress = /^0x0{40}$/;

const settingRoutes: readonly SettingRoute[] = [
  {
    path: 'feerecipient',
    name: 'feeRecipient',
    field: 'ethaddress',
    form: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/)
      .refine((address) => !zeroAddress.test(address), 'is the zero address'),
    current: ({ settings }, key) => settings.feeRecipientOf(key),
  },
  {
    path: 'gas_limit',
    name: 'gasLimit',
    field: 'gas_limit',
    form: z.string().regex(/^\d{1,20}$/),
    current: ({ settings }, key) => settings.gasLimitOf(key),
  },
  {
    path: 'graffiti',
    name: 'graffiti',
    field: 'graffiti',
    form: z.string().refine((text) => Buffer.byteLength(text) <= 32, 'is longer than 32 bytes'),
    current: ({ settings }, key) => settings.graffitiOf(key),
  },
];

/** Fee recipient, gas limit, graffiti and exit of a key. Source: ethereum/keymanager-APIs. */
export function registerSettingRoutes(server: FastifyInstance, keymanager: Keymanager): void {
  for (const route of settingRoutes) registerSetting(server, keymanager, route);
  server.post<KeyParameters & { Querystring: { epoch?: string } }>(
    '/eth/v1/validator/:pubkey/voluntary_exit',
    async ({ params, query }) => {
      const key = ownKey(keymanager, params.pubkey);
      if (query.epoch !== undefined && !/^\d{1,15}$/.test(query.epoch)) {
        throw new KeymanagerError(400, 'the epoch is no number');
      }
      const epoch = query.epoch === undefined ? undefined : Number(query.epoch);
      return { data: await keymanager.signExit(key, epoch) };
    },
  );
}

function registerSetting(server: FastifyInstance, keymanager: Keymanager, route: SettingRoute): void {
  const url = `/eth/v1/validator/:pubkey/${route.path}`;
  const changed = () => {
    if (route.name === 'feeRecipient') keymanager.recipientsChanged();
  };
  server.get<KeyParameters>(url, async ({ params }) => {
    const key = ownKey(keymanager, params.pubkey);
    return { data: { pubkey: key, [route.field]: route.current(keymanager, key) } };
  });
  server.post<KeyParameters>(url, async ({ params, body }, reply) => {
    const key = ownKey(keymanager, params.pubkey);
    const { [route.field]: value } = parse(z.object({ [route.field]: route.form }), body);
    await keymanager.settings.set(key, route.name, value);
    changed();
    return reply.status(202).send();
  });
  server.delete<KeyParameters>(url, async ({ params }, reply) => {
    const key = ownKey(keymanager, params.pubkey);
    await keymanager.settings.set(key, route.name, undefined);
    changed();
    return reply.status(204).send();
  });
}

function ownKey({ keys }: Keymanager, text: string): PublicKey {
  const key = readPublicKey(text);
  if (key === undefined) throw new KeymanagerError(400, 'it is no public key');
  if (keys.has(key)) return key;
  throw new KeymanagerError(404, `${key} is not a key of this client`);
}
