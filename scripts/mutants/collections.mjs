/** Mutants of hashes, of what is cleaned up behind them, and of transactions. */

export const COLLECTION_MUTANTS = [
  {
    name: 'generation not raised when a hash is made again',
    edits: [
      {
        file: 'src/machine/collections/hash.ts',
        find: 'this.#generation = head === null ? next : head.generation;',
        replace: 'this.#generation = head === null ? 1 : head.generation;',
      },
    ],
    caughtBy: [{ seeds: 8, breaks: null }],
  },
  {
    name: 'clean-up takes later generations too',
    edits: [
      {
        file: 'src/machine/store/graves.ts',
        find: '    const prefix = generationPrefix(space, bucket, name);\n',
        replace: '    const prefix = generationPrefix(space, bucket, name.slice(0, -7));\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/collections.test.ts', test: 'made again under its name' },
      { seeds: 8, breaks: null },
    ],
  },
  {
    name: 'a grave goes before its last element',
    edits: [
      {
        file: 'src/machine/store/graves.ts',
        find: '        grave.from = Buffer.concat([last, ZERO]);\n',
        replace:
          "        grave.from = Buffer.concat([last, ZERO]);\n        batch.del(rowKey(space, bucket, 'b', name));\n",
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/collections.test.ts', test: 'has nothing left of the hash' },
    ],
  },
  {
    name: 'a transaction begins before its condition is looked at',
    edits: [
      {
        file: 'src/machine/commands/transaction.ts',
        find: '    if (changed) return NULL;\n    run.readAtApply();\n',
        replace:
          '    run.readAtApply();\n    const [first] = call.inner;\n    if (changed && first !== undefined) handlerOf(first)(run, first);\n    if (changed) return NULL;\n',
      },
    ],
    caughtBy: [{ seeds: 8, breaks: 'transactions are in one order' }],
  },
  {
    name: "a field's deadline is set and never looked at",
    edits: [
      {
        file: 'src/machine/collections/hash.ts',
        find: 'return deadline !== null && deadline <= this.#run.time;',
        replace: 'return deadline !== null && deadline < 0;',
      },
      {
        file: 'src/machine/apply/expire-fields.ts',
        find: 'if (deadline <= run.time && hash.row(field)?.deadline === deadline) hash.delete(field);',
        replace: 'if (deadline < 0) hash.delete(field);',
      },
    ],
    caughtBy: [{ seeds: 8, breaks: 'deadlines' }],
  },
  {
    name: 'rows of a flushed database are read again',
    edits: [
      {
        file: 'src/machine/store/loader.ts',
        find: '      header !== null && shard.counted.isWiped(want.bucket, want.database, header.revision);',
        replace: '      header !== null && header.revision < 0 && shard.counted.wiped.size > 0;',
      },
    ],
    caughtBy: [{ seeds: 8, breaks: null }],
  },
];
