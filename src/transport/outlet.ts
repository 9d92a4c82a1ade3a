/**
 * The end of a stream that this node writes to. gRPC streams take whatever they are given and keep
 * it in memory, so bytes that have not reached the socket are counted here: while the outlet is
 * not `open`, its lane holds what it has, and `onDrain` says when to go on.
 */
import type { ServerWritableStream } from '@grpc/grpc-js';

export type OutCall = Pick<
  ServerWritableStream<Buffer, Buffer>,
  'write' | 'end' | 'on' | 'removeAllListeners'
>;

export interface Outlet {
  readonly open: boolean;
  write(bytes: Buffer): void;
  /** Ends the stream; `onBroken` is not called any more. */
  end(): void;
}

/** grpc-js hands messages on one at a time and keeps the rest; its own mark stands at 16. */
const MAX_PENDING_WRITES = 16;

export function createOutlet(
  call: OutCall,
  writeAheadBytes: number,
  on: { readonly drain: () => void; readonly broken: (why: string) => void },
): Outlet {
  const pending: number[] = [];
  let pendingBytes = 0;
  let held = false;
  let ended = false;
  const isOpen = (): boolean =>
    !ended && pendingBytes < writeAheadBytes && pending.length < MAX_PENDING_WRITES;
  const written = (): void => {
    pendingBytes -= pending.shift() ?? 0;
    if (held && isOpen()) {
      held = false;
      on.drain();
    }
  };
  const broken = (why: string) => (): void => {
    if (ended) return;
    ended = true;
    on.broken(why);
  };
  call.on('cancelled', broken('the peer hung up'));
  call.on('error', broken('the stream broke'));
  call.on('close', broken('the stream closed'));
  return {
    get open() {
      const open = isOpen();
      if (!open) held = true;
      return open;
    },
    write(bytes) {
      if (ended) return;
      pending.push(bytes.length);
      pendingBytes += bytes.length;
      call.write(bytes, written);
    },
    end() {
      if (ended) return;
      ended = true;
      call.end();
    },
  };
}
