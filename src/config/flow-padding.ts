import { type Document, isCollection, visit } from 'yaml';

/**
 * Makes a document write each of its collections in brackets as it was read: `[a]` stays without spaces and
 * `{ a: 1 }` with them, where the library would write all of them alike.
 */
export function keepFlowPadding(document: Document, text: string): void {
  visit(document, {
    Collection(_key, node) {
      if (!isCollection(node) || node.flow !== true || node.range == null) return;
      const isPadded = /\s/.test(text[node.range[0] + 1] ?? '');
      const write = node.toString.bind(node);
      node.toString = (context, ...calls) =>
        write(context && { ...context, flowCollectionPadding: isPadded ? ' ' : '' }, ...calls);
    },
  });
}
