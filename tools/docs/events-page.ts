import { join } from 'node:path';
import ts from 'typescript';
import { code, type Page, table } from './page.ts';

const root = join(import.meta.dirname, '../..');

/** The union types whose members are printed as events, with what each is about. */
const unions = [
  { file: 'src/operations/node/node-event.ts', type: 'NodeEvent', about: 'What happens to a node' },
  {
    file: 'src/operations/supervisor/supervisor-event.ts',
    type: 'SupervisorEvent',
    about: 'What happens to a root and its local networks',
  },
];

export const eventsPage: Page = {
  file: 'events.md',
  title: 'Events',
  render: async () => {
    const program = ts.createProgram(
      unions.map(({ file }) => join(root, file)),
      { strict: true, allowImportingTsExtensions: true, noEmit: true, target: ts.ScriptTarget.ES2022 },
    );
    return [intro, ...unions.map((union) => section(program, union)), findings(program)].join('\n\n');
  },
};

const intro =
  '`ephemery up --json` prints one event a line: a JSON object with `type`, `seq` (counted from the start), `atMs` (when, in ' +
  'milliseconds since 1970) and the fields below. Fields that are marked with `?` may be absent. New fields and new types ' +
  'may be added; what is there keeps its meaning.';

function section(program: ts.Program, { file, type, about }: (typeof unions)[number]): string {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, file));
  const symbol = source && checker.getSymbolAtLocation(source);
  const union = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === type);
  if (union === undefined) throw new Error(`${file} exports no ${type}`);
  const declared = checker.getDeclaredTypeOfSymbol(union);
  const members = declared.isUnion() ? declared.types : [declared];
  const sorted = members.map((member) => event(checker, member)).sort((a, b) => (a < b ? -1 : 1));
  return [`${about}:`, ...sorted].join('\n\n');
}

function event(checker: ts.TypeChecker, member: ts.Type): string {
  const fields = checker.getPropertiesOfType(member);
  const kind = fields.find(({ name }) => name === 'type');
  const name = kind === undefined ? '' : typeText(checker, kind).replaceAll('"', '');
  const others = fields.filter((field) => field !== kind);
  const heading = `## ${name}`;
  return others.length === 0
    ? `${heading}\n\nNo more fields.`
    : [heading, fieldTable(checker, others, name)].join('\n\n');
}

function fieldTable(checker: ts.TypeChecker, fields: readonly ts.Symbol[], event = ''): string {
  const rows = fields.map((field) => [
    code(nameOf(field)),
    typeText(checker, field, event),
    ts.displayPartsToString(field.getDocumentationComment(checker)),
  ]);
  return table(['field', 'type', 'what it says'], rows);
}

function nameOf({ name, flags }: ts.Symbol): string {
  return `${name}${(flags & ts.SymbolFlags.Optional) === 0 ? '' : '?'}`;
}

/** The record that several events carry, once for all of them. */
function findings(program: ts.Program): string {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, 'src/core/findings/finding.ts'));
  const symbol = source && checker.getSymbolAtLocation(source);
  const found = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === findingType);
  if (found === undefined) throw new Error(`there is no ${findingType}`);
  const fields = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(found));
  return [
    '## What a finding is',
    'Of every code the [findings](findings.md) say what it means. The subject is empty where it is about the host.',
    fieldTable(checker, fields),
  ].join('\n\n');
}

const findingType = 'Finding';

/** What a field holds, where its name says more than its type; an event before the dot where only its field does. */
const forms: Readonly<Record<string, string>> = {
  genesisValidatorsRoot: 'hex, 32 bytes',
  executionGenesisHash: 'hex, 32 bytes',
  'checkpoint.chosen.root': 'hex, 32 bytes',
  'checkpoint.held.root': 'hex, 32 bytes',
  'supervisor.started.root': 'path',
  bytes: 'integer, bytes',
  totalBytes: 'integer, bytes',
};

/** As JSON has it, in words: named alternatives and our own records spelled out, lists as lists. */
function typeText(checker: ts.TypeChecker, field: ts.Symbol, event = ''): string {
  const form = forms[`${event}.${field.name}`] ?? forms[field.name];
  if (form !== undefined) return form;
  const described = describeType(checker, checker.getNonNullableType(checker.getTypeOfSymbol(field)));
  if (described === 'string' && /^url$|Url$/.test(field.name)) return 'URL';
  if (described !== 'number') return described;
  if (field.name.endsWith('Ms')) return 'number, milliseconds';
  return field.name.endsWith('Seconds') ? 'integer, seconds' : 'integer';
}

function describeType(checker: ts.TypeChecker, type: ts.Type): string {
  const item = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
  if (item !== undefined) return `list of ${describeType(checker, item)}`;
  if (type.isUnion() && (type.flags & ts.TypeFlags.Boolean) === 0) {
    const parts = type.types.map((part) => describeType(checker, part));
    return parts.sort().join(' or ');
  }
  if (type.symbol?.name === findingType && isOurRecord(type)) return '[finding](#what-a-finding-is)';
  if ((type.flags & ts.TypeFlags.TemplateLiteral) !== 0) return 'string';
  const fields = isOurRecord(type) ? checker.getPropertiesOfType(type) : [];
  if (fields.length > 0)
    return `{ ${fields.map((field) => `${nameOf(field)}: ${typeText(checker, field)}`).join('; ')} }`;
  return type.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive)
    ? 'object, by name'
    : checker.typeToString(type);
}

function isOurRecord(type: ts.Type): boolean {
  const [declaration] = type.symbol?.declarations ?? [];
  return declaration?.getSourceFile().fileName.startsWith(join(root, 'src')) === true;
}
