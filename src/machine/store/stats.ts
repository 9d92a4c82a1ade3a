/** What the store half says of itself; for the node's status, its metrics and for tests. */
export interface StoreStats {
  readonly flushes: number;
  readonly batches: number;
  readonly activeBytes: number;
  readonly flushingBytes: number;
  /** Dirty ones, and those pinned by a run. */
  readonly rowsInMemory: number;
  readonly tabledHeaders: number;
  /** Generations of collections whose elements are still to be deleted. */
  readonly buried: number;
  /** Elements that apply had to read itself since the start. */
  readonly syncElementReads: number;
}
