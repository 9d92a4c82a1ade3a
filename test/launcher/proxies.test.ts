/**
 * The network between proxied nodes: what passes, what is lost, held or late, and in which order.
 */
import { once } from 'node:events';
import {
  type AddressInfo,
  createServer,
  connect as dial,
  type Server,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkMode } from '../../src/launcher/flow.js';
import { Proxies } from '../../src/launcher/proxies.js';
import { waitUntil } from './support.js';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A peer door: says who connects, and keeps what it is told. */
class Door {
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  text = '';
  closed = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('data', (bytes: Buffer) => {
        this.text += bytes.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.closed += 1;
      });
    });
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    endings.push(() => {
      this.#server.close();
      for (const socket of this.sockets) socket.destroy();
    });
    return (this.#server.address() as AddressInfo).port;
  }

  say(words: string): void {
    this.sockets.at(-1)?.write(words);
  }
}

/** A node that dials. */
class Caller {
  text = '';
  closed = false;
  readonly socket: Socket;

  constructor(address: string) {
    const [host, port] = address.split(':') as [string, string];
    this.socket = dial(Number(port), host);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (bytes: Buffer) => {
      this.text += bytes.toString();
    });
    this.socket.on('close', () => {
      this.closed = true;
    });
    endings.push(() => this.socket.destroy());
  }
}

interface Network {
  readonly proxies: Proxies;
  readonly doors: ReadonlyMap<number, Door>;
  call(from: number, to: number): Caller;
}

async function network(): Promise<Network> {
  const doors = new Map<number, Door>();
  const ports = new Map<number, number>();
  for (const id of [1, 2, 3]) {
    const door = new Door();
    doors.set(id, door);
    ports.set(id, await door.open());
  }
  const proxies = await Proxies.open(ports);
  endings.push(() => proxies.close());
  const call = (from: number, to: number): Caller =>
    new Caller(proxies.addressesFor(from).get(to) ?? expect.fail('no proxy'));
  return { proxies, doors, call };
}

const doorOf = ({ doors }: Network, id: number): Door => doors.get(id) ?? expect.fail('no door');

async function connected(net: Network, from: number, to: number): Promise<Caller> {
  const before = doorOf(net, to).sockets.length;
  const caller = net.call(from, to);
  await waitUntil('the connection', () => doorOf(net, to).sockets.length > before);
  return caller;
}

const CUT: LinkMode = { kind: 'cut' };
const CLOG: LinkMode = { kind: 'clog' };
const PASS: LinkMode = { kind: 'pass' };
/** Long enough for loopback to have delivered what it delivers. */
const pause = (ms = 60): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('proxies', () => {
  it('give each node an address of its own for each peer, and pass both ways', async () => {
    const net = await network();
    const addresses = [1, 2, 3].flatMap((id) => [...net.proxies.addressesFor(id).values()]);
    expect(new Set(addresses).size).toBe(6);
    expect([...net.proxies.addressesFor(2).keys()]).toEqual([1, 3]);
    const caller = await connected(net, 1, 2);
    caller.socket.write('hello');
    doorOf(net, 2).say('welcome');
    await waitUntil('both words', () => doorOf(net, 2).text === 'hello' && caller.text !== '');
    expect(caller.text).toBe('welcome');
    expect(net.proxies.hitsOf({ from: 1, to: 2 })).toBe(0);
  });

  it('pass the end of a connection on, in either direction', async () => {
    const net = await network();
    const first = await connected(net, 1, 2);
    first.socket.end('last');
    await waitUntil('the end at the door', () => doorOf(net, 2).closed === 1);
    expect(doorOf(net, 2).text).toBe('last');
    const second = await connected(net, 1, 2);
    doorOf(net, 2).sockets.at(-1)?.destroy();
    await waitUntil('the end at the caller', () => second.closed);
  });

  it('end a connection at once when nobody is there', async () => {
    const net = await network();
    doorOf(net, 2).sockets.forEach((socket) => void socket.destroy());
    const ghost = await Proxies.open(
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    endings.push(() => ghost.close());
    const caller = new Caller(ghost.addressesFor(1).get(2) ?? '');
    await waitUntil('the end', () => caller.closed);
  });

  it('cut: nothing arrives and nobody is told; healed, the connection with a hole ends', async () => {
    const net = await network();
    const caller = await connected(net, 1, 2);
    net.proxies.setMode({ from: 1, to: 2 }, CUT);
    net.proxies.setMode({ from: 2, to: 1 }, CUT);
    caller.socket.write('lost');
    doorOf(net, 2).say('lost too');
    await waitUntil('both losses', () =>
      [net.proxies.hitsOf({ from: 1, to: 2 }), net.proxies.hitsOf({ from: 2, to: 1 })].every(
        (hits) => hits > 0,
      ),
    );
    await pause();
    expect([doorOf(net, 2).text, caller.text, caller.closed]).toEqual(['', '', false]);
    net.proxies.setMode({ from: 1, to: 2 }, PASS);
    expect(caller.closed).toBe(false);
    net.proxies.setMode({ from: 2, to: 1 }, PASS);
    await waitUntil('both ends to close', () => caller.closed && doorOf(net, 2).closed === 1);
    expect(doorOf(net, 2).text).toBe('');
  });

  it('cut: the death of one side is not seen by the other', async () => {
    const net = await network();
    const caller = await connected(net, 1, 2);
    net.proxies.setMode({ from: 1, to: 2 }, CUT);
    caller.socket.destroy();
    await waitUntil('the loss', () => net.proxies.hitsOf({ from: 1, to: 2 }) > 0);
    await pause();
    expect(doorOf(net, 2).closed).toBe(0);
    net.proxies.setMode({ from: 1, to: 2 }, PASS);
    await waitUntil('the end', () => doorOf(net, 2).closed === 1);
  });

  it('cut one way: the other direction goes on, on connections dialled by either', async () => {
    const net = await network();
    const forth = await connected(net, 1, 2);
    const back = await connected(net, 2, 1);
    net.proxies.setMode({ from: 1, to: 2 }, CUT);
    forth.socket.write('lost');
    doorOf(net, 2).say('heard by 1');
    back.socket.write('heard by 1 too');
    doorOf(net, 1).say('lost');
    await waitUntil('what 2 says', () => forth.text !== '' && doorOf(net, 1).text !== '');
    await waitUntil('both losses', () => net.proxies.hitsOf({ from: 1, to: 2 }) === 2);
    await pause();
    expect([forth.text, doorOf(net, 1).text]).toEqual(['heard by 1', 'heard by 1 too']);
    expect([doorOf(net, 2).text, back.text]).toEqual(['', '']);
  });

  it('cut: no new connection comes about, and other links are whole', async () => {
    const net = await network();
    net.proxies.setMode({ from: 2, to: 1 }, CUT);
    const caller = net.call(1, 2);
    caller.socket.write('into the void');
    const other = await connected(net, 1, 3);
    other.socket.write('fine');
    await waitUntil('the other link', () => doorOf(net, 3).text === 'fine');
    await pause();
    expect(doorOf(net, 2).sockets).toHaveLength(0);
    expect(caller.closed).toBe(false);
    net.proxies.setMode({ from: 2, to: 1 }, PASS);
    await waitUntil('its end', () => caller.closed);
    await connected(net, 1, 2);
  });

  it('clog: bytes wait, then come whole and in order on the same connection', async () => {
    const net = await network();
    const caller = await connected(net, 1, 2);
    caller.socket.write('a');
    await waitUntil('the first', () => doorOf(net, 2).text === 'a');
    net.proxies.setMode({ from: 1, to: 2 }, CLOG);
    const filling = 'x'.repeat(200_000);
    for (let n = 0; n < 20; n += 1) caller.socket.write(filling);
    caller.socket.write('end');
    doorOf(net, 2).say('the other way');
    await waitUntil('the other way', () => caller.text === 'the other way');
    await pause();
    expect(doorOf(net, 2).text).toBe('a');
    expect(net.proxies.hitsOf({ from: 1, to: 2 })).toBeGreaterThan(0);
    net.proxies.setMode({ from: 1, to: 2 }, PASS);
    await waitUntil('all of it', () => doorOf(net, 2).text.endsWith('end'));
    expect(doorOf(net, 2).text).toHaveLength(1 + 20 * filling.length + 3);
    expect(caller.closed).toBe(false);
  });

  it('delay: so much later, order kept over a change of the delay', async () => {
    const net = await network();
    const caller = await connected(net, 1, 2);
    net.proxies.setMode({ from: 1, to: 2 }, { kind: 'delay', ms: 150 });
    const begin = performance.now();
    caller.socket.write('1');
    await waitUntil('the first to be met', () => net.proxies.hitsOf({ from: 1, to: 2 }) === 1);
    net.proxies.setMode({ from: 1, to: 2 }, { kind: 'delay', ms: 1 });
    caller.socket.write('2');
    await waitUntil('the second to be met', () => net.proxies.hitsOf({ from: 1, to: 2 }) === 2);
    net.proxies.setMode({ from: 1, to: 2 }, PASS);
    caller.socket.end('3');
    doorOf(net, 2).say('at once');
    await waitUntil('the other direction', () => caller.text === 'at once');
    expect(performance.now() - begin).toBeLessThan(145);
    expect(doorOf(net, 2).text).toBe('');
    await waitUntil('all three', () => doorOf(net, 2).text === '123');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(149);
    await waitUntil('the end after them', () => doorOf(net, 2).closed === 1);
  });

  it('close: nothing is left open', async () => {
    const net = await network();
    const caller = await connected(net, 1, 2);
    net.proxies.setMode({ from: 1, to: 3 }, CUT);
    const held = net.call(1, 3);
    await waitUntil('the call that is held', () => net.proxies.hitsOf({ from: 1, to: 3 }) > 0);
    net.proxies.close();
    await waitUntil(
      'all to end',
      () => caller.closed && held.closed && doorOf(net, 2).closed === 1,
    );
  });
});
