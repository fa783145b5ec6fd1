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
    return [intro, ...unions.map((union) => section(program, union))].join('\n\n');
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
  const rows = fields
    .filter((field) => field !== kind)
    .map((field) => [
      code(`${field.name}${(field.flags & ts.SymbolFlags.Optional) === 0 ? '' : '?'}`),
      typeText(checker, field),
      ts.displayPartsToString(field.getDocumentationComment(checker)),
    ]);
  return [`## ${name}`, table(['field', 'type', 'what it says'], rows)].join('\n\n');
}

/** As JSON has it: named alternatives and our own records spelled out, lists as lists. */
function typeText(checker: ts.TypeChecker, field: ts.Symbol): string {
  return describeType(checker, checker.getNonNullableType(checker.getTypeOfSymbol(field)));
}

function describeType(checker: ts.TypeChecker, type: ts.Type): string {
  const item = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
  if (item !== undefined) return `list of ${describeType(checker, item)}`;
  if (type.isUnion() && (type.flags & ts.TypeFlags.Boolean) === 0) {
    const parts = type.types.map((part) => describeType(checker, part));
    return parts.sort().join(' or ');
  }
  const fields = isOurRecord(type) ? checker.getPropertiesOfType(type) : [];
  if (fields.length === 0) return checker.typeToString(type);
  return `{ ${fields.map((field) => `${field.name}: ${typeText(checker, field)}`).join(', ')} }`;
}

function isOurRecord(type: ts.Type): boolean {
  const [declaration] = type.symbol?.declarations ?? [];
  return declaration?.getSourceFile().fileName.startsWith(join(root, 'src')) === true;
}
