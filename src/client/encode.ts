/** Arguments of the catalogue's commands, as bytes. */
import { codeOf, rowByName } from '../kv/catalog/catalog.js';
import { RkvError } from '../kv/errors.js';
import type { Command } from '../kv/request.js';
import type { Bytes, ScanOptions, SetOptions } from './types.js';

export const toBytes = (value: Bytes): Uint8Array =>
  typeof value === 'string' ? Buffer.from(value, 'utf8') : value;

const word = (text: string): Buffer => Buffer.from(text, 'latin1');

const NX = word('NX');
const XX = word('XX');
const IFREV = word('IFREV');
const GET = word('GET');
const PX = word('PX');
const PXAT = word('PXAT');
const REVERSE = word('REVERSE');
const LIMIT = word('LIMIT');
const KEYSONLY = word('KEYSONLY');
const COUNTONLY = word('COUNTONLY');
const PREFIX = word('PREFIX');
const CURSOR = word('CURSOR');
const OPEN = Buffer.alloc(0);

/** A whole number as decimal text. Throws SYNTAX. */
function numberWord(value: number | bigint, name: string): Buffer {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return word(value.toString());
  throw new RkvError('SYNTAX', `${name} must be a whole number, not ${value}`);
}

/** A command by name. Throws UNKNOWN_COMMAND. */
export function commandOf(name: string, database: number, args: readonly Uint8Array[]): Command {
  const row = rowByName(name);
  if (row === undefined) throw new RkvError('UNKNOWN_COMMAND', `there is no command '${name}'`);
  return { code: row.code, database, args };
}

export const CODES = {
  get: codeOf('get'),
  set: codeOf('set'),
  del: codeOf('del'),
  exists: codeOf('exists'),
  incr: codeOf('incr'),
  append: codeOf('append'),
  mget: codeOf('mget'),
  mset: codeOf('mset'),
  mdel: codeOf('mdel'),
  scan: codeOf('scan'),
  expire: codeOf('expire'),
  persist: codeOf('persist'),
  ttl: codeOf('ttl'),
  cas: codeOf('cas'),
  cad: codeOf('cad'),
} as const;

/** `PX 100` or `PXAT 1700000000000`. */
export function expiryArgs(options: { ttlMs?: number; expiresAt?: number }): Uint8Array[] {
  if (options.ttlMs !== undefined) return [PX, numberWord(options.ttlMs, 'ttlMs')];
  if (options.expiresAt !== undefined) return [PXAT, numberWord(options.expiresAt, 'expiresAt')];
  return [];
}

export function setArgs(key: Bytes, value: Bytes, options: SetOptions): Uint8Array[] {
  const args = [toBytes(key), toBytes(value)];
  if (options.ifAbsent) args.push(NX);
  if (options.ifPresent) args.push(XX);
  if (options.ifRevision !== undefined) {
    args.push(IFREV, numberWord(options.ifRevision, 'ifRevision'));
  }
  if (options.getOld) args.push(GET);
  args.push(...expiryArgs(options));
  return args;
}

export const integerArg = (value: number | bigint): Uint8Array => numberWord(value, 'by');

export function scanArgs(options: ScanOptions, countOnly: boolean): Uint8Array[] {
  const args: Uint8Array[] = [
    options.from === undefined ? OPEN : toBytes(options.from),
    options.to === undefined ? OPEN : toBytes(options.to),
  ];
  if (options.reverse) args.push(REVERSE);
  if (options.pageSize !== undefined) args.push(LIMIT, numberWord(options.pageSize, 'pageSize'));
  if (countOnly) args.push(COUNTONLY);
  else if (options.keysOnly) args.push(KEYSONLY);
  if (options.prefix !== undefined && options.prefix.length > 0) {
    args.push(PREFIX, toBytes(options.prefix));
  }
  if (options.cursor !== undefined) args.push(CURSOR, options.cursor);
  return args;
}
