/**
 * Forwards and their answers as bytes, for the call stream between nodes. Built from the same parts
 * as the entries, so a forwarded command costs what its entry costs.
 */
import { unreachable } from '../base/assert.js';
import { epoch, groupId } from '../base/ids.js';
import { type ErrorCode, isErrorCode } from '../kv/errors.js';
import type { Forward, RouteAnswer } from '../kv/forward.js';
import type { Command } from '../kv/request.js';
import { ByteReader, malformed } from './entry/reader.js';
import { readReply, writeReply } from './entry/reply.js';
import { SessionReader, writeStamp } from './entry/stamps.js';
import { ByteWriter } from './entry/writer.js';

const WRITE = 1;
const READ = 2;
const LEASE_READ = 3;
const RELAYED_WRITE = 4;

const ANSWERS = [
  'reply',
  'refused',
  'not-leader',
  'dropped',
  'moved',
  'late',
  'unreachable',
] as const;

const writer = new ByteWriter();

function writeCommand(out: ByteWriter, command: Command): void {
  out.varint(command.code);
  out.byte(command.database);
  out.varint(command.args.length);
  for (const arg of command.args) out.bytes(arg);
}

function readCommand(from: ByteReader): Command {
  const code = from.varint();
  const database = from.byte();
  const count = from.count();
  const args: Uint8Array[] = [];
  for (let i = 0; i < count; i++) args.push(from.bytes());
  return { code, database, args };
}

function kindOf(forward: Forward): number {
  if (forward.kind === 'write') return forward.relay ? RELAYED_WRITE : WRITE;
  return forward.mode === 'lease' ? LEASE_READ : READ;
}

/** `timeoutMs`: what is left of the caller's deadline. */
export function encodeForward(forward: Forward, timeoutMs: number): Buffer {
  writer.restart();
  writer.byte(kindOf(forward));
  writer.varint(forward.group);
  writer.varint(Math.max(0, Math.ceil(timeoutMs)));
  if (forward.kind === 'write') {
    const { command, stamp, rangeEpoch } = forward.write;
    writeStamp(writer, stamp);
    writer.varint(rangeEpoch);
    writeCommand(writer, command);
  } else writeCommand(writer, forward.command);
  return writer.finish();
}

export function decodeForward(bytes: Uint8Array): { forward: Forward; timeoutMs: number } {
  const from = new ByteReader(bytes);
  const kind = from.byte();
  const group = groupId(from.varint());
  const timeoutMs = from.varint();
  switch (kind) {
    case WRITE:
    case RELAYED_WRITE: {
      const stamp = new SessionReader(from).read();
      const rangeEpoch = epoch(from.varint());
      const write = { stamp, rangeEpoch, command: readCommand(from) };
      const relay = kind === RELAYED_WRITE ? { relay: true as const } : {};
      return { forward: { kind: 'write', group, write, ...relay }, timeoutMs };
    }
    case READ:
    case LEASE_READ: {
      const mode = kind === READ ? 'confirmed' : 'lease';
      return { forward: { kind: 'read', group, command: readCommand(from), mode }, timeoutMs };
    }
    default:
      throw malformed(`forward kind ${kind}`);
  }
}

export function encodeAnswer(answer: RouteAnswer): Buffer {
  writer.restart();
  writer.byte(ANSWERS.indexOf(answer.kind));
  if (answer.kind === 'reply') writeReply(writer, answer.reply);
  if (answer.kind === 'refused') writer.bytes(Buffer.from(answer.code, 'latin1'));
  return writer.finish();
}

export function decodeAnswer(bytes: Uint8Array): RouteAnswer {
  const from = new ByteReader(bytes);
  const kind = ANSWERS[from.byte()];
  switch (kind) {
    case undefined:
      throw malformed('answer kind');
    case 'reply':
      return { kind, reply: readReply(from) };
    case 'refused':
      return { kind, code: errorCode(from.bytes().toString('latin1')) };
    case 'not-leader':
    case 'dropped':
    case 'moved':
    case 'late':
    case 'unreachable':
      return { kind };
    default:
      return unreachable(kind);
  }
}

function errorCode(text: string): ErrorCode {
  if (!isErrorCode(text)) throw malformed(`error code ${text}`);
  return text;
}
