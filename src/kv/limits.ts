/**
 * Limits that a caller can meet; bytes unless the name says otherwise. Limits of queues, windows
 * and frames are in config/limits, where all are asserted against each other.
 */
export const MAX_KEY_BYTES = 32 * 1024;
export const MAX_VALUE_BYTES = 8 * 1024 * 1024;
/** Name of a field, a member: an element of a collection. */
export const MAX_ELEMENT_BYTES = MAX_KEY_BYTES;
/** A collection above this is never handled as a whole inside an entry (RENAME, EXEC). */
export const MAX_WHOLE_BYTES = 8 * 1024 * 1024;
/** What one read of a collection may answer: bytes, and elements. */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024 - 64 * 1024;
export const MAX_REPLY_ELEMENTS = 250_000;
export const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
/** A reply above this is remembered for retries as "applied" alone. */
export const MAX_KEPT_REPLY_BYTES = 64 * 1024;
/** Databases are numbered 0 to 255; this one is for readiness probes and is never shown. */
export const PROBE_DATABASE = 255;
/** A retry later than this after its first attempt is refused, never run. */
export const SESSION_WINDOW_MS = 10 * 60 * 1000;
