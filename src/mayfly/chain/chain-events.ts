import type { routes } from '@lodestar/api';

export type ChainEvent = routes.events.BeaconEvent;
type EventType = routes.events.EventType;
/** A topic by its plain name: importing the library's enum would load its HTTP client. */
export type Topic = `${EventType}`;
type Messages = { [K in EventType as `${K}`]: routes.events.EventData[K] };
type Listener = (event: ChainEvent) => void;

/** What the standard event stream tells, in its own types. A listener must not throw and must not block. */
export class ChainEvents {
  private readonly listeners = new Map<Listener, ReadonlySet<string> | 'all'>();

  /** With topics, only those are told. Returns the function that unsubscribes. */
  subscribe(listener: Listener, topics?: Iterable<string>): () => void {
    const own: Listener = (event) => listener(event);
    this.listeners.set(own, topics === undefined ? 'all' : new Set(topics));
    return () => this.listeners.delete(own);
  }

  /** Whether anybody listens: what is dear to make need not be made for nobody. */
  isHeard(topic: Topic): boolean {
    return [...this.listeners.values()].some((topics) => topics === 'all' || topics.has(topic));
  }

  emit<T extends keyof Messages>(type: T, message: Messages[T]): void {
    const event = { type, message } as unknown as ChainEvent;
    for (const [listener, topics] of [...this.listeners]) {
      if (topics === 'all' || topics.has(type)) listener(event);
    }
  }
}
