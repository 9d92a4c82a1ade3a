/** All connections of the door's listeners, by number. */
import type { Client } from './client.js';

export class Clients {
  readonly #byId = new Map<number, Client>();
  #nextId = 1;
  /** Connections since the start, refused ones not counted. */
  accepted = 0;
  rejected = 0;

  get size(): number {
    return this.#byId.size;
  }

  takeId(): number {
    return this.#nextId++;
  }

  add(client: Client): void {
    this.#byId.set(client.id, client);
    this.accepted++;
  }

  remove(client: Client): void {
    this.#byId.delete(client.id);
  }

  get(id: number): Client | undefined {
    return this.#byId.get(id);
  }

  /** In the order in which they came. */
  all(): Client[] {
    return [...this.#byId.values()];
  }
}
