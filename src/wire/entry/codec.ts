/**
 * Entry payloads as bytes: what Raft carries, the log keeps and apply reads. First byte version,
 * second kind. A config entry of no bytes at all is Raft's own end of a joint configuration.
 *
 * Encoding is one pass into a buffer that is used again, then one copy; decoded byte strings are
 * views into the entry, which is owned by the log cache and never changed.
 */
import { assert, unreachable } from '../../base/assert.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import { epoch, epochMs, nodeId, replicaId, revision, term } from '../../base/ids.js';
import { readChange, writeChange } from './change.js';
import { ByteReader, malformed } from './reader.js';
import { readFlag, readReply, writeReply } from './reply.js';
import { SessionReader, SessionWriter } from './stamps.js';
import type { Due, DueFields, Effect, EntryPayload } from './types.js';
import { ENTRY_VERSION } from './types.js';
import { UnknownEntry } from './unknown.js';
import { ByteWriter } from './writer.js';

type PayloadOf<K extends EntryPayload['kind']> = Extract<EntryPayload, { kind: K }>;

/** Kinds on disk; never reused. */
const KIND = {
  commands: 1,
  time: 2,
  expire: 3,
  effects: 4,
  digest: 5,
  config: 6,
  meta: 7,
  expireFields: 8,
} as const;

function writeCommands(out: ByteWriter, payload: PayloadOf<'commands'>): void {
  const sessions = new SessionWriter(out);
  out.varint(payload.stamp);
  out.varint(payload.commands.length);
  for (const { command, stamp, rangeEpoch } of payload.commands) {
    sessions.write(stamp);
    out.varint(rangeEpoch);
    out.varint(command.code);
    out.byte(command.database);
    out.varint(command.args.length);
    for (const arg of command.args) out.bytes(arg);
  }
}

function readCommands(from: ByteReader): PayloadOf<'commands'> {
  const sessions = new SessionReader(from);
  const stamp = epochMs(from.varint());
  const count = from.count();
  const commands: PayloadOf<'commands'>['commands'][number][] = [];
  for (let i = 0; i < count; i++) {
    const session = sessions.read();
    const rangeEpoch = epoch(from.varint());
    const code = from.varint();
    const database = from.byte();
    commands.push({
      stamp: session,
      rangeEpoch,
      command: { code, database, args: readByteStrings(from) },
    });
  }
  return { kind: 'commands', stamp, commands };
}

function readByteStrings(from: ByteReader): Uint8Array[] {
  const count = from.count();
  const strings: Uint8Array[] = [];
  for (let i = 0; i < count; i++) strings.push(from.bytes());
  return strings;
}

function writeExpire(out: ByteWriter, payload: PayloadOf<'expire'>): void {
  out.varint(payload.stamp);
  out.varint(payload.due.length);
  for (const due of payload.due) {
    out.byte(due.database);
    out.bytes(due.key);
    out.varint(due.deadline);
  }
}

function readExpire(from: ByteReader): PayloadOf<'expire'> {
  const stamp = epochMs(from.varint());
  const count = from.count();
  const due: Due[] = [];
  for (let i = 0; i < count; i++) {
    due.push({ database: from.byte(), key: from.bytes(), deadline: epochMs(from.varint()) });
  }
  return { kind: 'expire', stamp, due };
}

function writeExpireFields(out: ByteWriter, payload: PayloadOf<'expireFields'>): void {
  out.varint(payload.stamp);
  out.varint(payload.hashes.length);
  for (const hash of payload.hashes) {
    out.byte(hash.database);
    out.bytes(hash.key);
    out.varint(hash.generation);
    out.varint(hash.seen);
    out.byte(hash.next === null ? 0 : 1);
    if (hash.next !== null) out.varint(hash.next);
    out.varint(hash.fields.length);
    for (const { field, deadline } of hash.fields) {
      out.bytes(field);
      out.varint(deadline);
    }
  }
}

function readExpireFields(from: ByteReader): PayloadOf<'expireFields'> {
  const stamp = epochMs(from.varint());
  const hashes: DueFields[] = [];
  for (let left = from.count(); left > 0; left--) {
    const database = from.byte();
    const key = from.bytes();
    const generation = from.varint();
    const seen = revision(from.varint());
    const next = readFlag(from) ? epochMs(from.varint()) : null;
    const fields: { field: Uint8Array; deadline: EpochMs }[] = [];
    for (let more = from.count(); more > 0; more--) {
      fields.push({ field: from.bytes(), deadline: epochMs(from.varint()) });
    }
    hashes.push({ database, key, generation, seen, next, fields });
  }
  return { kind: 'expireFields', stamp, hashes };
}

/** Bit 0: there is a value; bit 1: there is a deadline. */
function writeEffect(out: ByteWriter, effect: Effect): void {
  out.byte(effect.database);
  out.bytes(effect.key);
  out.byte((effect.value === null ? 0 : 1) | (effect.deadline === null ? 0 : 2));
  if (effect.value !== null) out.bytes(effect.value);
  if (effect.deadline !== null) out.varint(effect.deadline);
}

function readEffect(from: ByteReader): Effect {
  const database = from.byte();
  const key = from.bytes();
  const has = from.byte();
  if (has > 3) throw malformed(`effect flags ${has}`);
  const value = (has & 1) === 0 ? null : from.bytes();
  const deadline: EpochMs | null = (has & 2) === 0 ? null : epochMs(from.varint());
  return { database, key, value, deadline };
}

function writeEffects(out: ByteWriter, payload: PayloadOf<'effects'>): void {
  out.varint(payload.stamp);
  out.varint(payload.proposer);
  new SessionWriter(out).write(payload.session);
  out.varint(payload.reads.length);
  for (const read of payload.reads) {
    out.byte(read.database);
    out.bytes(read.key);
    out.varint(read.revision);
  }
  out.varint(payload.effects.length);
  for (const effect of payload.effects) writeEffect(out, effect);
  writeReply(out, payload.reply);
}

function readEffects(from: ByteReader): PayloadOf<'effects'> {
  const stamp = epochMs(from.varint());
  const proposer = term(from.varint());
  const session = new SessionReader(from).read();
  const reads: { database: number; key: Uint8Array; revision: Revision }[] = [];
  for (let left = from.count(); left > 0; left--) {
    reads.push({ database: from.byte(), key: from.bytes(), revision: revision(from.varint()) });
  }
  const effects: Effect[] = [];
  for (let left = from.count(); left > 0; left--) effects.push(readEffect(from));
  return { kind: 'effects', stamp, proposer, session, reads, effects, reply: readReply(from) };
}

function writeConfig(out: ByteWriter, payload: PayloadOf<'config'>): void {
  writeChange(out, payload.change);
  out.varint(payload.placed.length);
  for (const placed of payload.placed) {
    out.varint(placed.replica);
    out.varint(placed.node);
  }
}

function readConfig(from: ByteReader): PayloadOf<'config'> {
  const change = readChange(from);
  const placed: PayloadOf<'config'>['placed'][number][] = [];
  for (let left = from.count(); left > 0; left--) {
    placed.push({ replica: replicaId(from.varint()), node: nodeId(from.varint()) });
  }
  return { kind: 'config', change, placed };
}

function writeMeta(out: ByteWriter, payload: PayloadOf<'meta'>): void {
  out.varint(payload.stamp);
  out.varint(payload.commands.length);
  for (const command of payload.commands) out.bytes(command);
}

const writer = new ByteWriter();

export function encodeEntry(payload: EntryPayload): Buffer {
  const out = writer;
  out.restart();
  out.byte(ENTRY_VERSION);
  out.byte(KIND[payload.kind]);
  switch (payload.kind) {
    case 'commands':
      writeCommands(out, payload);
      break;
    case 'time':
    case 'digest':
      out.varint(payload.stamp);
      break;
    case 'expire':
      writeExpire(out, payload);
      break;
    case 'expireFields':
      writeExpireFields(out, payload);
      break;
    case 'effects':
      writeEffects(out, payload);
      break;
    case 'config':
      writeConfig(out, payload);
      break;
    case 'meta':
      writeMeta(out, payload);
      break;
    default:
      unreachable(payload);
  }
  return out.finish();
}

function readBody(kind: number, from: ByteReader): EntryPayload {
  switch (kind) {
    case KIND.commands:
      return readCommands(from);
    case KIND.time:
      return { kind: 'time', stamp: epochMs(from.varint()) };
    case KIND.expire:
      return readExpire(from);
    case KIND.expireFields:
      return readExpireFields(from);
    case KIND.effects:
      return readEffects(from);
    case KIND.digest:
      return { kind: 'digest', stamp: epochMs(from.varint()) };
    case KIND.config:
      return readConfig(from);
    case KIND.meta:
      return { kind: 'meta', stamp: epochMs(from.varint()), commands: readByteStrings(from) };
    default:
      throw new UnknownEntry(`entry kind ${kind}`);
  }
}

/**
 * The payload of a `normal` or `config` entry. Throws UnknownEntry when a newer build wrote it (the
 * replica stops), RkvError CORRUPT for bytes that no build ever wrote.
 */
export function decodeEntry(bytes: Uint8Array): EntryPayload {
  const from = new ByteReader(bytes);
  const version = from.byte();
  assert(ENTRY_VERSION === 1, 'an older version must stay readable');
  if (version !== ENTRY_VERSION) throw new UnknownEntry(`entry version ${version}`);
  const kind = from.byte();
  try {
    const payload = readBody(kind, from);
    from.end();
    return payload;
  } catch (error) {
    if (error instanceof RangeError) throw malformed(error.message);
    throw error;
  }
}

/** As `decodeEntry`; Raft's own end of a joint configuration has no bytes. */
export function decodeConfig(bytes: Uint8Array): PayloadOf<'config'> {
  if (bytes.length === 0) return { kind: 'config', change: { kind: 'leave' }, placed: [] };
  const payload = decodeEntry(bytes);
  if (payload.kind !== 'config') throw malformed(`a config entry holds ${payload.kind}`);
  return payload;
}
