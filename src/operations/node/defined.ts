type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same without the keys that hold nothing, for objects whose keys are there or not. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
