/** Mutants of the write-ahead log. */

export const LOG_MUTANTS = [
  {
    name: 'no sync (a log that writes, then syncs)',
    edits: [
      {
        file: 'src/log/writer.ts',
        find: 'if (error || files.durableWrites) written(error);\n      else files.datasync(fd, written);',
        replace: 'written(error);',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'where a write is no sync' },
      { file: 'test/log/file-log.test.ts', test: 'at most one write is under way' },
      { file: 'test/log/rotation.test.ts', test: 'stopped before each step (O_DSYNC: false)' },
    ],
  },
  {
    name: 'no sync (a descriptor without O_DSYNC)',
    edits: [
      {
        file: 'src/log/fs.ts',
        find: 'durable: fs.constants.O_RDWR | DSYNC,',
        replace: 'durable: fs.constants.O_RDWR,',
      },
    ],
    caughtBy: [
      { file: 'test/e2e/syscalls.test.ts', test: 'on the disk before its answer left' },
      { file: 'test/log/fs.test.ts', test: 'a durable write is on disk when it completes' },
    ],
  },
  {
    name: 'acknowledge before sync (the log)',
    edits: [
      {
        file: 'src/log/writer.ts',
        find: 'writeAll(files, fd, buffer, 0, total, frame.offset, (error) => {',
        replace:
          'for (const tell of done) tell();\n    done = [];\n    writeAll(files, fd, buffer, 0, total, frame.offset, (error) => {',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'with the answer to a write on its way' },
      { file: 'test/log/file-log.test.ts', test: 'at most one write is under way' },
      { file: 'test/log/rotation.test.ts', test: 'stopped before each step (O_DSYNC: true)' },
    ],
  },
  {
    name: 'no frame checksum',
    edits: [
      {
        file: 'src/log/frame.ts',
        find: 'if (payloadCheck(payload, seed, sequence) !== bytes.readUInt32LE(at + AT.payloadCheck)) {',
        replace: 'if (payload.length < 0) {',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'shows all of it or none' },
      { file: 'test/log/scan.test.ts', test: 'any flipped bit is refused' },
    ],
  },
  {
    name: 'last frame not rewritten at start',
    edits: [
      {
        file: 'src/log/file-log.ts',
        find: '  mustBeWhole(state, dir);\n',
        replace: '  mustBeWhole(state, dir);\n  tail = null;\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'after a sync had failed' },
      { file: 'test/log/file-log.test.ts', test: 'a unit over several frames survives' },
      { file: 'test/log/file-log.test.ts', test: 'that only the page cache' },
    ],
  },
  {
    name: 'directory not synced (a new segment)',
    edits: [
      {
        file: 'src/log/segments.ts',
        find: '      await files.rename(spare.path, file);\n      await files.dirsync(dir);\n',
        replace: '      await files.rename(spare.path, file);\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'just after a segment was made' },
      { file: 'test/log/rotation.test.ts', test: 'stopped before each step' },
    ],
  },
  {
    name: 'directory not synced (the system call)',
    edits: [
      {
        file: 'src/log/fs.ts',
        find: '  const fd = await openFd(dir, fs.constants.O_RDONLY);\n  try {\n    await settle((done) => fs.fsync(fd, done));\n  } finally {',
        replace: '  const fd = await openFd(dir, fs.constants.O_RDONLY);\n  try {\n  } finally {',
      },
    ],
    caughtBy: [
      { file: 'test/e2e/syscalls.test.ts', test: 'before a frame was written into it' },
      { file: 'test/log/fs.test.ts', test: 'a directory is synced' },
    ],
  },
  {
    name: "torn tail's cut not synced",
    edits: [
      {
        file: 'src/log/fs.ts',
        find: '    await settle((done) => fs.ftruncate(fd, size, done));\n    await settle((done) => fs.fsync(fd, done));\n',
        replace: '    await settle((done) => fs.ftruncate(fd, size, done));\n',
      },
    ],
    caughtBy: [
      { file: 'test/e2e/syscalls.test.ts', test: 'the cut of a torn tail' },
      { file: 'test/log/fs.test.ts', test: 'a cut is on disk' },
    ],
  },
  {
    name: "torn tail's cut after the next segment",
    edits: [
      {
        file: 'src/log/file-log.ts',
        find: '  await cutTail(files, scan, options.logger);\n',
        replace: '',
      },
      {
        file: 'src/log/file-log.ts',
        find: '  await log.begin(tail, replayer);\n',
        replace:
          '  await log.begin(tail, replayer);\n  await cutTail(files, scan, options.logger);\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'starts, and keeps what it then takes' },
      { file: 'test/log/cut.test.ts', test: 'a start stopped before each of its steps' },
    ],
  },
];
