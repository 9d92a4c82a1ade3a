/**
 * System calls of a node on its files, as strace saw them: what the kernel was really asked for,
 * below every port of the product. Times are those of the wall clock, in milliseconds.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CALLS = 'openat,pwrite64,write,fdatasync,fsync,ftruncate,rename,unlink';

export interface SystemCall {
  readonly call: string;
  /** The file it works on; for a rename the new name. */
  readonly path: string;
  /** As strace wrote it, arguments and result. */
  readonly text: string;
  readonly began: number;
  readonly ended: number;
  /** Of a write: the descriptor was opened so that it is a sync too. */
  readonly synced: boolean;
}

/** Why no system call can be watched here; null when they can. */
export function whyNot(): Promise<string | null> {
  return run('strace', ['-f', '-o', '/dev/null', 'true']).then(
    () => null,
    (error: Error) => `strace cannot trace here: ${error.message.split('\n')[0]}`,
  );
}

/** The words before a program that is to be traced into `file`. */
export const tracing = (file: string): readonly string[] => [
  ...['strace', '-f', '-ttt', '-T', '-y', '-s', '512', '-e', `trace=${CALLS}`],
  ...['-e', 'signal=none', '-o', file],
];

/** libuv must not do its work behind the tracer's back; no second process in front of the node. */
export const TRACED_ENV = { UV_USE_IO_URING: '0', UV_THREADPOOL_SIZE: '8' };

/** The one child of a tracer: the node itself. */
export async function tracedPid(tracer: number): Promise<number> {
  const children = await readFile(`/proc/${tracer}/task/${tracer}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

const WHOLE = /^(\d+) +([\d.]+) (\w+)\((.*) <([\d.]+)>$/s;
const BEGUN = /^(\d+) +([\d.]+) (\w+)\((.*) <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +[\d.]+ <\.\.\. (\w+) resumed>(.*) <([\d.]+)>$/s;

function pathOf(call: string, text: string): string {
  const names = [...text.matchAll(/"([^"]*)"/g)].map(([, name]) => name ?? '');
  if (call === 'rename') return names[1] ?? '';
  if (call === 'unlink') return names[0] ?? '';
  if (call === 'openat') return names[0] ?? '';
  return /^\d+<([^>]*)>/.exec(text)?.[1] ?? '';
}

/** What a finished tracer has written, in the order in which the calls ended. */
export async function callsIn(file: string): Promise<readonly SystemCall[]> {
  const open = new Map<string, { readonly at: number; readonly text: string }>();
  const ended: Omit<SystemCall, 'synced'>[] = [];
  const add = (call: string, text: string, at: number, took: number): void => {
    const began = at * 1000;
    ended.push({ call, path: pathOf(call, text), text, began, ended: began + took * 1000 });
  };
  for (const line of (await readFile(file, 'latin1')).split('\n')) {
    const [, pid = '', at = '', call = '', text = '', took] = WHOLE.exec(line) ?? [];
    if (took !== undefined) add(call, text, Number(at), Number(took));
    const begun = BEGUN.exec(line);
    if (begun !== null) {
      open.set(begun[1] ?? '', { at: Number(begun[2]), text: begun[4] ?? '' });
    }
    const resumed = RESUMED.exec(line);
    const before = open.get(resumed?.[1] ?? pid);
    if (resumed === null || before === undefined) continue;
    open.delete(resumed[1] ?? '');
    add(resumed[2] ?? '', before.text + resumed[3], before.at, Number(resumed[4]));
  }
  ended.sort((a, b) => a.ended - b.ended);
  return withSyncs(ended.filter(({ text }) => !/= -1 E/.test(text)));
}

function withSyncs(calls: readonly Omit<SystemCall, 'synced'>[]): readonly SystemCall[] {
  const synced = new Map<string, boolean>();
  return calls.map((one) => {
    const opened = one.call === 'openat' ? /= (\d+)</.exec(one.text)?.[1] : undefined;
    if (opened !== undefined) synced.set(opened, /O_D?SYNC/.test(one.text));
    const [descriptor = ''] = /^\d+/.exec(one.text) ?? [];
    return { ...one, synced: synced.get(descriptor) === true };
  });
}

/** When the bytes of a write were on the disk; null: nobody ever asked for that. */
export function durableAt(calls: readonly SystemCall[], write: SystemCall): number | null {
  if (write.synced) return write.ended;
  const sync = calls.find(
    ({ call, path, began }) =>
      path === write.path && began >= write.ended && /^f(data)?sync$/.test(call),
  );
  return sync?.ended ?? null;
}
