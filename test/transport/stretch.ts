/** A stretch of network before a node that a test can stall or cut. */
import net from 'node:net';

export interface Stretch {
  /** Where to dial to come out at the target. */
  readonly address: string;
  /** Nothing goes through any more, and nobody is told. */
  stall(): void;
  resume(): void;
  /** Breaks what goes through now; new connections pass. */
  cut(): void;
  close(): Promise<void>;
}

export async function openStretch(target: () => string): Promise<Stretch> {
  const sockets = new Set<net.Socket>();
  let stalled = false;
  const server = net.createServer((near) => {
    const far = net.connect(Number(target().split(':')[1]), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      if (stalled) from.pause();
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as net.AddressInfo;
  return {
    address: `127.0.0.1:${own}`,
    stall() {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      stalled = false;
      for (const socket of sockets) socket.resume();
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
