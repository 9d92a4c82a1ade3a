/** Mutants of the store: rows, flush, snapshots. */

export const STORE_MUTANTS = [
  {
    name: 'no sync (the store)',
    edits: [
      {
        file: 'src/engine/abstract-store.ts',
        find: 'batch.write({ sync: true })',
        replace: 'batch.write({ sync: false })',
      },
    ],
    caughtBy: [
      { file: 'test/e2e/syscalls.test.ts', test: 'only when what it held was synced' },
      { file: 'test/engine/abstract-store.test.ts', test: 'a batch is on disk' },
    ],
  },
  {
    name: 'no value checksum',
    edits: [
      {
        file: 'src/machine/store/row-codec.ts',
        find: 'return crc === getUint32(value, end) ? crc : null;',
        replace: 'return crc;',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/store.test.ts', test: 'is never given to a reader' },
      { file: 'test/machine/store/integrity.test.ts', test: 'is met by the next read of the key' },
    ],
  },
  {
    name: 'applied index not in the batch',
    edits: [
      {
        file: 'src/machine/store/flusher.ts',
        find: '      putNodeRow(batch, NODE_ROWS.replica, group, part.descriptor);\n',
        replace:
          '      if (part.counts !== null && shard.descriptor.applied.index < 0) void group;\n',
      },
      {
        file: 'src/machine/store/flusher.ts',
        find: '    this.generations.finished++;\n',
        replace:
          '    await this.writer.write((batch) => {\n      for (const part of parts) {\n        if (part.shard.dead) continue;\n        putNodeRow(batch, NODE_ROWS.replica, part.shard.descriptor.shard, part.descriptor);\n      }\n    });\n    this.generations.finished++;\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/store.test.ts', test: 'holds what the others hold' },
      {
        file: 'test/machine/store/power-cut.test.ts',
        test: 'rows and applied index are of one moment',
      },
    ],
  },
  {
    name: 'log released before the flush',
    edits: [
      { file: 'src/machine/store/flusher.ts', find: '    this.onFlushed(parts);\n', replace: '' },
      {
        file: 'src/machine/store/flusher.ts',
        find: '      await this.fill(parts, generation, batch);\n',
        replace: '      await this.fill(parts, generation, batch);\n      this.onFlushed(parts);\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/store.test.ts', test: 'has everything that was acknowledged' },
      { file: 'test/machine/store/integrity.test.ts', test: 'nothing after it is written or said' },
    ],
  },
  {
    name: 'snapshot chunks un-synced',
    edits: [
      {
        file: 'src/machine/store/batch-writer.ts',
        find: '  write(fill: (batch: CountingBatch) => Promise<void> | void): Promise<void> {\n    const job = this.tail.then(() => this.run(fill));',
        replace:
          '  write(fill: (batch: CountingBatch) => Promise<void> | void, sync = true): Promise<void> {\n    const job = this.tail.then(() => this.run(fill, sync));',
      },
      {
        file: 'src/machine/store/batch-writer.ts',
        find: '  private async run(fill: (batch: CountingBatch) => Promise<void> | void): Promise<void> {',
        replace:
          '  private async run(fill: (batch: CountingBatch) => Promise<void> | void, sync: boolean): Promise<void> {',
      },
      {
        file: 'src/machine/store/batch-writer.ts',
        find: '      await batch.write();\n',
        replace: '      await (batch.write as (options: object) => Promise<void>)({ sync });\n',
      },
      {
        file: 'src/machine/store/batch-writer.ts',
        find: "  write(): Promise<void> {\n    assert(this.batch.length > 0, 'an empty batch is not written');\n    return this.batch.write();",
        replace:
          "  write(...how: []): Promise<void> {\n    assert(this.batch.length > 0, 'an empty batch is not written');\n    return this.batch.write(...how);",
      },
      {
        file: 'src/machine/store/incoming-snapshot.ts',
        find: '          until = context.clock.monotonic() + SLICE_MS;\n        }\n      }\n    });\n',
        replace:
          '          until = context.clock.monotonic() + SLICE_MS;\n        }\n      }\n    }, false);\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/snapshots.test.ts', test: 'has all of it when the power goes' },
      { file: 'test/machine/store/power-cut.test.ts', test: 'whole before a power cut' },
    ],
  },
];
