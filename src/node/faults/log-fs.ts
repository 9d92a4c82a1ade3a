/**
 * The log's file port with a disk that can be slow, hang or fail. Only what makes bytes durable
 * meets it: reads of a hanging disk would mostly come from the page cache.
 */
import type { LogFs } from '../../log/fs.js';
import type { FaultBoard } from './board.js';

/** What the system would say of a broken disk. */
export function diskError(doing: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`EIO: injected i/o error, ${doing}`);
  error.code = 'EIO';
  error.syscall = doing;
  return error;
}

export function faultyLogFs(files: LogFs, board: FaultBoard): LogFs {
  const guarded = <T>(doing: string, run: () => Promise<T>): Promise<T> =>
    new Promise<void>((resolve, reject) => {
      board.beforeDisk((verdict) => (verdict === 'go' ? resolve() : reject(diskError(doing))));
    }).then(run);
  return {
    ...files,
    write(fd, buffer, at, length, position, done) {
      board.beforeDisk((verdict) => {
        if (verdict === 'go') files.write(fd, buffer, at, length, position, done);
        else process.nextTick(done, diskError('write'), 0);
      });
    },
    datasync(fd, done) {
      board.beforeDisk((verdict) => {
        if (verdict === 'go') files.datasync(fd, done);
        else process.nextTick(done, diskError('fdatasync'));
      });
    },
    truncate: (path, size) => guarded('ftruncate', () => files.truncate(path, size)),
    dirsync: (dir) => guarded('fsync', () => files.dirsync(dir)),
  };
}
