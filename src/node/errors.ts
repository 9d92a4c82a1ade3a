/** Errors of log, store and transport as the codes that doors and exit codes know. */
import { StoreFailed, StoreOpenFailed, storeErrorCode } from '../engine/errors.js';
import { RkvError, toRkvError } from '../kv/errors.js';
import { LogCorruption, LogFailure, LogMismatch } from '../log/errors.js';
import { UnknownEntry } from '../wire/entry/unknown.js';

/** What a node ends with when one of its parts can no longer be trusted. */
export function toNodeError(thrown: unknown): RkvError {
  if (thrown instanceof RkvError) return thrown;
  if (thrown instanceof LogCorruption) {
    return new RkvError('CORRUPT', thrown.message, { cause: thrown });
  }
  if (thrown instanceof LogMismatch) {
    return new RkvError('WRONG_IDENTITY', thrown.message, { cause: thrown });
  }
  if (thrown instanceof LogFailure) {
    return new RkvError('STORAGE_FAILED', thrown.message, { cause: thrown });
  }
  if (thrown instanceof StoreOpenFailed || thrown instanceof StoreFailed) {
    // The log holds everything: a store without space is opened again once there is some.
    const full = storeErrorCode(thrown) === 'ENOSPC';
    return new RkvError(full ? 'FULL' : 'STORAGE_FAILED', thrown.message, { cause: thrown });
  }
  if (thrown instanceof UnknownEntry) {
    const message = `${thrown.message} was written by a newer rkv: this build cannot go on`;
    return new RkvError('CONFLICT', message, { cause: thrown });
  }
  return toRkvError(thrown);
}
