import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/app/registries/commands.ts';
import { isTest, projectTree, treeOf, typeScriptFiles } from '../tidy/tree.ts';
import { refusalOf, wordsOf } from './command-line.ts';

/** A command that a text of the program names, values that are only known when it is told filled in. */
interface Told {
  readonly place: string;
  readonly line: string;
  /** It is given as what to type, behind a colon, and not only by name. */
  readonly isWhole: boolean;
}

/** What stands for a value, by the last part of its expression. */
const standIns: Readonly<Record<string, string>> = { layer: 'consensus', kind: 'restart', iteration: '7' };
/** The program's name in a sentence, the public network's, or a command that is only known when it is told. */
const prose = /^ephemery (runs|and|some)\b/;

const told = toldIn(projectTree());

describe('commands that the program tells of', () => {
  it('are there to be judged', () => {
    expect(told.length).toBeGreaterThan(60);
    expect(told.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(20);
  });

  it('exist', () => {
    expect(told.filter(({ line }) => commandOf(line) === undefined)).toEqual([]);
  });

  it('can be typed as they stand', () => {
    const refused = told
      .filter(({ isWhole }) => isWhole)
      .map(({ place, line }) => ({ place, line, refusal: refusalOf(wordsOf(line).slice(1)) }))
      .filter(({ refusal }) => refusal !== undefined);
    expect(refused).toEqual([]);
  });

  it('that are none, or lack an argument, are found', () => {
    const text = "const remedy = 'Look with: ephemery sync recover. Or see ephemery nonsense.';";
    const [first, second] = toldIn(treeOf({ 'src/x.ts': text }));
    expect(first).toEqual({ place: 'src/x.ts', line: 'ephemery sync recover', isWhole: true });
    expect(refusalOf(wordsOf(first?.line ?? '').slice(1))).toContain('argument');
    expect(commandOf(second?.line ?? '')).toBeUndefined();
  });
});

function commandOf(line: string): string | undefined {
  const words = wordsOf(line).slice(1);
  const paths = commands.map(({ path }) => path);
  const depth = Math.max(
    0,
    ...paths.map((path) => (path.every((word, i) => word === words[i]) ? path.length : 0)),
  );
  if (depth > 0) return words.slice(0, depth).join(' ');
  // A group of commands, as `ephemery keys`.
  const isGroup = paths.some((path) => words.length > 0 && words.every((word, i) => word === path[i]));
  return isGroup ? words.join(' ') : undefined;
}

function toldIn(tree: ReturnType<typeof treeOf>): readonly Told[] {
  return typeScriptFiles(tree, 'src/')
    .filter(({ path }) => !isTest(path))
    .flatMap((file) => textsOf(file.syntax()).flatMap((text) => linesOf(file.path, text)));
}

function linesOf(place: string, text: string): readonly Told[] {
  return [...text.matchAll(/(.{0,2})\b(ephemery(?= [a-z])(?: (?:--?)?[\w/=@<>-]+)+)/g)]
    .map(([, before = '', line = '']) => ({ place, line, isWhole: before === ': ' }))
    .filter(({ line }) => !prose.test(line));
}

/** Every text that the file may say, with stand-ins for its values. */
function textsOf(root: ts.SourceFile): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node)) texts.push(templateText(node));
    ts.forEachChild(node, visit);
  };
  visit(root);
  return texts;
}

function templateText(node: ts.TemplateExpression): string {
  const spans = node.templateSpans.map(({ expression, literal }) => {
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    return `${standIns[name] ?? (/^\w+$/.test(name) ? 'some' : '')}${literal.text}`;
  });
  return node.head.text + spans.join('');
}
