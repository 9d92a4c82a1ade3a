/** The first reason for which a node must end by itself; later ones are its consequences. */
import type { RkvError } from '../kv/errors.js';
import { toNodeError } from './errors.js';

export class Failure {
  readonly promise: Promise<RkvError>;
  #resolve: (error: RkvError) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  readonly report = (thrown: unknown): void => this.#resolve(toNodeError(thrown));
}
