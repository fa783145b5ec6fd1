import { refusal } from './unserved.ts';

/** Some of the methods of a namespace. */
export type PartOf<Methods> = Partial<Methods>;

/**
 * Fills a namespace: what is not implemented answers 501, as the library would register the route and fail with
 * 500. `definitions` are the library's routes of the namespace.
 */
export function completeMethods<Methods>(definitions: object, methods: PartOf<Methods>): Methods {
  const refused = Object.keys(definitions).map((operation) => [operation, refusal(operation)]);
  return { ...Object.fromEntries(refused), ...methods } as Methods;
}
