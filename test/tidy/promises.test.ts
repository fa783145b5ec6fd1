import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { droppedPromises } from './promises.ts';
import { projectRoot } from './tree.ts';

const configPath = join(projectRoot, 'tsconfig.json');
const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configPath, ts.sys.readFile).config,
  ts.sys,
  projectRoot,
);

// The types of the whole program are worked out for it, which takes as long as a build.
it('no promise is dropped', { timeout: 300_000 }, () => {
  const program = ts.createProgram(config.fileNames, config.options);
  const found = droppedPromises(program, (path) => config.fileNames.includes(path));
  expect(found.join('\n'), `${found.length} places`).toBe('');
});

it('a dropped promise is seen, whoever made it, and a kept one is not', () => {
  const found = droppedPromises(programOf(example), (path) => path === examplePath);
  const lines = found.map((text) => Number(/:(\d+) {2}/.exec(text)?.[1]));
  const marked = example
    .split('\n')
    .flatMap((text, index) => (text.endsWith('// dropped') ? [index + 1] : []));
  expect(lines).toEqual(marked);
});

const examplePath = join(projectRoot, 'src/example.ts');
const example = `
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const later = async (): Promise<number> => 1;
const reply = () => ({ then: (done: () => void) => done() });
const sure = { go: (): Promise<void> | undefined => undefined };
export async function run(work: (done: () => Promise<void>) => void, list: string[]): Promise<void> {
  readFile('x'); // dropped
  Promise.all([later()]); // dropped
  later().then(() => 1); // dropped
  later().finally(() => 1); // dropped
  sure.go(); // dropped
  createServer(async () => { // dropped
    await later();
  });
  list.forEach(async (text) => { // dropped
    await readFile(text);
  });
  await later();
  void later();
  later().catch(() => 1);
  reply();
  later().then(() => 1, () => 2);
  later().catch(() => 1).finally(() => 2);
  work(async () => undefined);
  list.map(async (text) => readFile(text));
  let kept = later();
  kept = later();
  await kept;
}
`;

/** A program of one made-up file, with the project's own settings and the types of Node. */
function programOf(text: string): ts.Program {
  const host = ts.createCompilerHost(config.options);
  const onDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options) =>
    name === examplePath ? ts.createSourceFile(name, text, options, true) : onDisk(name, options);
  host.fileExists = (name) => name === examplePath || ts.sys.fileExists(name);
  return ts.createProgram([examplePath], config.options, host);
}
