/** A message that no honest peer of a version we speak would send: the connection ends with it. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Runs a gate over a received number (0 when the field is absent); its refusal names the field. */
export function received<T>(gate: (value: number) => T, value: number | null | undefined): T {
  try {
    return gate(value ?? 0);
  } catch (error) {
    throw new WireError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number from 0 to 2^53 − 1 that has no brand of its own. */
export function receivedCount(name: string, value: number | null | undefined): number {
  const count = value ?? 0;
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new WireError(`${name} must be a whole number from 0 to 2^53 - 1, not ${count}`);
  }
  return count;
}
