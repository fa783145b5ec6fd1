/**
 * Does the work of each item, at most `atOnce` at a time, in their order. Throws the first failure once nothing is
 * under way any more; after it no further item is begun.
 */
export async function eachAtOnce<T>(
  items: Iterable<T>,
  { atOnce, work }: { readonly atOnce: number; readonly work: (item: T) => Promise<void> },
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    for (let next = rest.next(); next.done !== true && failures.length === 0; next = rest.next())
      await work(next.value).catch((cause: unknown) => failures.push(cause));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failures.length > 0) throw failures[0];
}
