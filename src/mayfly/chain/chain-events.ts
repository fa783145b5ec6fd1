import type { routes } from '@lodestar/api';

export type ChainEvent = routes.events.BeaconEvent;
type EventType = routes.events.EventType;
/** The messages by the plain name of the topic: importing the library's enum would load its HTTP client. */
type Messages = { [K in EventType as `${K}`]: routes.events.EventData[K] };
type Listener = (event: ChainEvent) => void;

/** What the standard event stream tells, in its own types. A listener must not throw and must not block. */
export class ChainEvents {
  private readonly listeners = new Set<Listener>();

  /** Returns the function that unsubscribes. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit<T extends keyof Messages>(type: T, message: Messages[T]): void {
    const event = { type, message } as unknown as ChainEvent;
    for (const listener of [...this.listeners]) listener(event);
  }
}
