/**
 * The socket of one Redis client: bytes into the parser, commands into the pipeline, answers out in
 * one write a turn. Bounded both ways: a client that has too much under way, or does not take its
 * answers, is not read from; one that lets its answers pile up beyond the limit is closed.
 */
import type { Socket } from 'node:net';
import { Client, type ClientControl, type Mode } from './client.js';
import { type Protocol, ReplyWriter } from './codec/reply-writer.js';
import { RequestParser } from './codec/request-parser.js';
import type { DoorContext } from './context.js';
import { Pipeline } from './pipeline.js';

/** A connection whose next command has to wait is read on until so many bytes lie here. */
const UNREAD_BYTES = 64 * 1024;

export class Connection implements ClientControl {
  readonly client: Client;
  readonly #door: DoorContext;
  readonly #socket: Socket;
  readonly #parser: RequestParser;
  readonly #out = new ReplyWriter(2);
  readonly #pipeline: Pipeline;
  #arrived = 0;
  #pumping = false;
  #flushing = false;
  #paused = false;
  /** No further command is taken; the connection ends behind the answers under way. */
  #ending = false;
  /** The client has said all it will say; what it asked is still answered. */
  #halfClosed = false;
  #closed = false;
  readonly #flush = (): void => this.#onEndOfTurn();

  constructor(door: DoorContext, socket: Socket, mode: Mode) {
    this.#door = door;
    this.#socket = socket;
    this.#parser = new RequestParser(door.limits);
    this.client = new Client({
      id: door.clients.takeId(),
      mode,
      address: `${socket.remoteAddress}:${socket.remotePort}`,
      localAddress: `${socket.localAddress}:${socket.localPort}`,
      since: door.clock.monotonic(),
      control: this,
    });
    this.#pipeline = new Pipeline(door, this.client, this.#out, {
      onProgress: () => this.#onProgress(),
    });
  }

  get unread(): number {
    return this.#parser.unreadBytes;
  }

  get unsent(): number {
    return this.#socket.writableLength + this.#out.pendingBytes + this.#pipeline.held;
  }

  /** Everything asked is answered and handed to the socket. */
  get idle(): boolean {
    return this.#closed || (this.#pipeline.idle && this.#out.pendingBytes === 0);
  }

  setProtocol(protocol: Protocol): void {
    this.#out.protocol = protocol;
    this.client.protocol = protocol;
  }

  feed(line: string): void {
    this.#out.simple(line);
    this.#schedule();
  }

  onData(chunk: Buffer): void {
    if (this.#closed || this.#ending) return;
    this.#door.stats.inputBytes += chunk.length;
    this.#arrived = this.#door.clock.monotonic();
    this.#parser.push(chunk);
    this.#pump();
  }

  /** No further bytes will come. */
  onEnd(): void {
    this.#halfClosed = true;
    this.#pump();
  }

  /** The socket takes bytes again. */
  onDrain(): void {
    this.#pump();
  }

  /** The socket is gone. */
  onClose(): void {
    this.#closed = true;
    this.#pipeline.close();
    this.#door.onGone(this.client);
  }

  endWhenSent(): void {
    this.#ending = true;
    this.#schedule();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onProgress(): void {
    if (this.unsent > this.#door.limits.outputBytes) this.#tooSlow();
    this.#schedule();
    if (!this.#pumping) this.#pump();
  }

  /** Starts commands until none is whole, or too much is under way. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    const { unsentBytes } = this.#door.limits;
    this.#pumping = true;
    let more = true;
    while (more && !this.#ending && this.#pipeline.open && this.unsent < unsentBytes) {
      more = this.#parser.next();
      if (more) this.#pipeline.onCommand(this.#parser.command, this.#arrived);
    }
    this.#pumping = false;
    const { error } = this.#parser;
    if (error !== null && !more && !this.#ending) {
      this.#door.logger.info({ client: this.client.address, error }, 'redis client refused');
      this.endWhenSent();
      this.#pipeline.refuse(`ERR ${error}`);
    }
    if (this.#halfClosed && !more && this.#pipeline.idle && !this.#ending) this.endWhenSent();
    // what is left to take waits in the socket, not here
    const blocked = more && !this.#ending && this.unread >= UNREAD_BYTES;
    if (blocked !== this.#paused) {
      this.#paused = blocked;
      if (blocked) this.#socket.pause();
      else this.#socket.resume();
    }
  }

  #schedule(): void {
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    this.#door.atTurnEnd(this.#flush);
  }

  #onEndOfTurn(): void {
    this.#flushing = false;
    if (this.#closed) return;
    const bytes = this.#out.pendingBytes;
    if (bytes > 0) this.#send(bytes);
    // not only our half: a client that never hangs up would keep its place
    if (this.#ending && this.#pipeline.idle) this.#socket.destroySoon();
    else this.#pump();
  }

  #send(bytes: number): void {
    const socket = this.#socket;
    this.#door.stats.outputBytes += bytes;
    const parts = this.#out.take();
    const [first] = parts;
    if (parts.length === 1) socket.write(first as Buffer);
    else {
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.uncork();
    }
    if (socket.writableLength === 0) this.#out.rewind();
  }

  #tooSlow(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { address } = this.client;
    this.#door.stats.outputLimit++;
    this.#door.logger.warn(
      { client: address, unsent: this.unsent },
      'redis client too slow, closed',
    );
    this.destroy();
  }
}
