/**
 * How many reads of the store may hold a thread of the pool at once. The pool is shared with log
 * syncs and flushes, which must never wait behind a crowd of scans. What comes too much waits in
 * order; callers bound how much that can be.
 */
export interface ReadSlots {
  run<T>(read: () => Promise<T>): Promise<T>;
}

export function createReadSlots(slots: number): ReadSlots {
  if (!(slots >= 1)) throw new RangeError(`read slots must be at least 1, not ${slots}`);
  const waiting: (() => void)[] = [];
  let free = slots;

  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };

  return {
    async run(read) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await read();
      } finally {
        leave();
      }
    },
  };
}
