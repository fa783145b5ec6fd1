import { describe, expect, it } from 'vitest';
import { Secret } from '../base/secret.ts';
import { configErrors } from '../config/errors.ts';
import type { Services } from '../operations/services.ts';
import { type Command, command } from './command.ts';
import { networkCheckpointsCommand } from './commands/network/checkpoints.ts';
import { duration, flag, integer, required, requiredText, text, withDefault } from './option.ts';
import { type CliHost, runCli } from './run.ts';

interface Result {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

class Stream {
  text = '';
  write(more: string): boolean {
    this.text += more;
    return true;
  }
}

async function run(
  commands: readonly Command[],
  line: string,
  signal = new AbortController().signal,
): Promise<Result> {
  const stdout = new Stream();
  const stderr = new Stream();
  const host = {
    version: '1.2.3',
    commands,
    stdout,
    stderr,
    env: {},
    signal,
    services: async () => ({}) as Services,
  } as unknown as CliHost;
  const code = await runCli(line === '' ? [] : line.split(' '), host);
  return { code, out: stdout.text, error: stderr.text };
}

const echo = command({
  path: ['echo'],
  summary: 'Say what was understood',
  args: { word: requiredText('word', 'A word.'), more: { ...text('more', 'More.'), repeats: true } },
  options: {
    loud: flag('Loudly.'),
    slotTime: duration('A time.'),
    count: withDefault(integer('A number.', { least: 1, most: 5 }), 3),
  },
  examples: [],
  async run({ output }, { args, options, rest }) {
    output.result({ ...args, ...options, rest }, () => `${args.word} ${options.slotTime} ${options.count}`);
    return undefined;
  },
});

const failing = (thrown: unknown, path: readonly string[] = ['fail']) =>
  command({
    path,
    summary: 'Fail',
    examples: [],
    run: () => Promise.reject(thrown),
  });

const known = configErrors.create('EPH-CONFIG-NOT-FOUND', { file: 'x.yaml' }, new Error('the cause'));

describe('a command line', () => {
  it('gives the command its values, typed', async () => {
    const { out } = await run([echo], 'echo hello a b --loud --slot-time 2s --json');
    expect(JSON.parse(out)).toEqual({
      word: 'hello',
      more: 'b',
      loud: true,
      slotTime: 2_000,
      count: 3,
      rest: ['a', 'b'],
    });
  });

  it.each([
    ['', 2, 'Usage: ephemery'],
    ['nothing', 2, 'EPH-CLI-USAGE'],
    ['echo', 2, 'EPH-CLI-USAGE'],
    ['echo hello --wrong', 2, 'EPH-CLI-USAGE'],
    ['echo hello --count 6', 2, '--count is "6"; it must be a whole number from 1 to 5'],
    ['echo hello --slot-time soon', 2, '--slot-time is "soon"'],
    ['echo hello --log-level loud', 2, '--log-level is "loud"'],
  ])('that says "%s" ends with %d and says what is wrong', async (line, code, said) => {
    const result = await run([echo], line);
    expect(result.code).toBe(code);
    expect(result.error).toContain(said);
    expect(result.out).toBe('');
  });

  it('takes what every command takes before and after its name', async () => {
    const places = command({
      path: ['deep', 'places'],
      summary: 'Tell',
      examples: [],
      async run({ output, home, config }) {
        output.result({ home, config }, () => '');
        return undefined;
      },
    });
    const before = await run([places], '--home /a --json deep places --config b.yaml');
    const after = await run([places], 'deep places --home /a --config b.yaml --json');
    expect(JSON.parse(before.out)).toEqual({ home: '/a', config: 'b.yaml' });
    expect(after.out).toBe(before.out);
  });

  it('prints help and the version on standard output', async () => {
    expect(await run([echo], '--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
    const help = await run([echo], 'echo --help');
    expect(help).toMatchObject({ code: 0, error: '' });
    expect(help.out).toContain('--slot-time <duration>');
  });

  it('prints an error as code, fact, cause and remedy, with nothing on standard output', async () => {
    const { code, out, error } = await run([failing(known)], 'fail');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error.split('\n')).toEqual([
      'EPH-CONFIG-NOT-FOUND There is no configuration file x.yaml.',
      '  because: the cause',
      '  Check --config, or write a first one with `ephemery init`.',
      '',
    ]);
  });

  it('prints an error as one JSON object with --json', async () => {
    const { code, out, error } = await run([failing(known)], 'fail --json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(error)).toMatchObject({
      error: { code: 'EPH-CONFIG-NOT-FOUND', facts: { file: 'x.yaml' }, causes: ['the cause'] },
    });
  });

  it('is an error in JSON too where a command is missing, without the help for people', async () => {
    const hold = command({
      path: ['reset', 'hold'],
      summary: 'Hold',
      examples: [],
      run: async () => undefined,
    });
    const { code, out, error } = await run([hold], 'reset --json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'EPH-CLI-USAGE' } });
    expect((await run([hold], 'reset')).error).toContain('hold');
  });

  it('names the command itself that a usage error is about, however deep', async () => {
    const merge = command({
      path: ['keys', 'protect', 'merge'],
      summary: 'Merge',
      examples: [],
      run: async () => undefined,
    });
    expect((await run([merge], 'keys protect merge --wrong')).error).toContain(
      'See `ephemery keys protect merge --help`.',
    );
    expect((await run([merge], '--home x keys protect merge --wrong')).error).toContain(
      'See `ephemery keys protect merge --help`.',
    );
    expect((await run([merge], 'keys protect nothing')).error).toContain(
      'See `ephemery keys protect --help`.',
    );
  });

  it('prints usage errors as JSON too', async () => {
    const { error } = await run([echo], 'nothing --json');
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'EPH-CLI-USAGE' } });
  });

  it('ends with the code of the command', async () => {
    const found = command({ path: ['look'], summary: 'Look', examples: [], run: async () => 3 });
    expect((await run([found], 'look')).code).toBe(3);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'that %s ends says so with code %d, and that it was ended is no error',
    async (signal, code) => {
      const controller = new AbortController();
      const waiting = command({
        path: ['wait'],
        summary: 'Wait',
        examples: [],
        run: async (context) => {
          controller.abort({ signal });
          context.signal.throwIfAborted();
          return undefined;
        },
      });
      expect(await run([waiting], 'wait', controller.signal)).toEqual({ code, out: '', error: '' });
    },
  );

  it('asks for an option that it cannot do without', async () => {
    const needing = command({
      path: ['need'],
      summary: 'Need',
      options: { out: required(text('folder', 'Where to.')) },
      examples: [],
      run: async () => undefined,
    });
    expect(await run([needing], 'need')).toMatchObject({
      code: 2,
      error: expect.stringContaining('--out is missing'),
    });
  });
});

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it.each(['', ' --json'])('is said in no result and no error (%s)', async (json) => {
    const telling = command({
      path: ['tell'],
      summary: 'Tell',
      examples: [],
      async run({ output }) {
        output.item({ secret }, () => `it is ${secret}`);
        output.note(`once more: ${secret}`);
        throw new Error(`with ${secret}`, { cause: new Error(String(secret)) });
      },
    });
    const facts = failing(configErrors.create('EPH-CONFIG-NOT-FOUND', { file: secret as unknown as string }));
    for (const result of [await run([telling], `tell${json}`), await run([facts], `fail${json}`)]) {
      expect(result.out + result.error).toContain('[secret]');
      expect(result.out + result.error).not.toContain('hunter2');
    }
  });

  it('a provider of checkpoints that is no address is refused', async () => {
    const line = 'network checkpoints --provider nonsense';
    const { code, error } = await run([networkCheckpointsCommand], line);
    expect([code, error]).toEqual([2, expect.stringContaining('an http or https address')]);
  });
});
