/** CLUSTER COUNTKEYSINSLOT and GETKEYSINSLOT: a walk over the slot's bucket, page by page. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger, parseInteger } from '../../../kv/catalog/integer.js';
import { decodePosition, encodePosition, type WalkPosition } from '../../../kv/catalog/walk.js';
import { RkvError } from '../../../kv/errors.js';
import { SLOTS, SLOTS_PER_BUCKET } from '../../../shard/slot.js';
import type { LocalCall } from './local-call.js';
import { NOT_AN_INTEGER } from './parse.js';

const WALK = codeOf('walk');
const LIMIT = Buffer.from('LIMIT');
const SLOT = Buffer.from('SLOT');
const PAGE = 1000;

/** A slot number, or null. */
function slotOfArgument(arg: Uint8Array | undefined): number | null {
  const value = arg === undefined ? null : parseInteger(arg);
  return value === null || value < 0n || value >= BigInt(SLOTS) ? null : Number(value);
}

/** At most `most` keys of the slot in database 0, as in Redis Cluster. */
async function keysIn(call: LocalCall, slot: number, most: number): Promise<Uint8Array[]> {
  const bucket = Math.floor(slot / SLOTS_PER_BUCKET);
  const found: Uint8Array[] = [];
  let from: WalkPosition | null = { bucket, after: null };
  while (from !== null && from.bucket === bucket && found.length < most) {
    const args = [encodePosition(from), LIMIT, formatInteger(PAGE), SLOT, formatInteger(slot)];
    const answer = await call.execute({ code: WALK, database: 0, args });
    if (answer instanceof RkvError) throw answer;
    if (answer.kind !== 'page') throw new RkvError('INTERNAL', 'a walk answers a page');
    for (const { key } of answer.items) found.push(key);
    from = answer.next === null ? null : decodePosition(answer.next);
  }
  return found.slice(0, most);
}

export async function countKeysInSlot(call: LocalCall): Promise<void> {
  const slot = slotOfArgument(call.args[0]);
  if (parseInteger(call.args[0] as Uint8Array) === null) call.out.error(NOT_AN_INTEGER);
  else if (slot === null) call.out.error('ERR Invalid slot');
  else call.out.integer((await keysIn(call, slot, Number.POSITIVE_INFINITY)).length);
}

export async function getKeysInSlot(call: LocalCall): Promise<void> {
  const { args, out } = call;
  const slot = slotOfArgument(args[0]);
  const most = parseInteger(args[1] as Uint8Array);
  if (parseInteger(args[0] as Uint8Array) === null || most === null) out.error(NOT_AN_INTEGER);
  else if (slot === null || most < 0n) out.error('ERR Invalid slot or number of keys');
  else {
    const keys = await keysIn(call, slot, Number(most));
    out.array(keys.length);
    for (const key of keys) out.bulk(key);
  }
}
