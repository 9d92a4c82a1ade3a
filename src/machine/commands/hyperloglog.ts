/** What PFADD, PFCOUNT and PFMERGE do to strings that are HyperLogLogs. */
import type { FailureCode, Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Head, Place } from '../types.js';
import { STRING } from '../value-type.js';
import { REGISTERS } from '../values/hll-sparse.js';
import {
  emptyHyperLogLog,
  estimate,
  forgetCount,
  isHyperLogLog,
  placeOfElement,
  raiseRegister,
  registersOf,
  toDense,
} from '../values/hyperloglog.js';
import { failed, integer, ONE, ZERO } from './replies.js';

const DENSE_FORM = 0;
const FORM_AT = 4;

/** What is wrong with what a key holds; null: it is a HyperLogLog. */
function problemOf(head: Head): FailureCode | null {
  if (head.type !== STRING) return 'WRONG_TYPE';
  return isHyperLogLog(head.value) ? null : 'NOT_HLL';
}

/** A copy that may be changed in place. */
const own = (head: Head | null): Buffer =>
  head === null ? emptyHyperLogLog() : Buffer.from(head.value);

export function pfadd(run: Run, call: Call): Reply {
  const place = call.wants[0] as Place;
  const old = run.head(place);
  const problem = old === null ? null : problemOf(old);
  if (problem !== null) return failed(problem);
  let value = own(old);
  let changed = old === null;
  for (const element of call.command.args.slice(1)) {
    const { register, count } = placeOfElement(element);
    const raised = raiseRegister(value, register, count);
    if (raised === null) return failed('CORRUPT_HLL');
    if (raised !== value) changed = true;
    value = raised;
  }
  if (!changed) return ZERO;
  forgetCount(value);
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return ONE;
}

/** The largest of each register over all that are there, or what is wrong with one of them. */
function union(run: Run, places: readonly Place[]): Uint8Array | FailureCode {
  const largest = new Uint8Array(REGISTERS);
  for (const place of places) {
    const head = run.head(place);
    if (head === null) continue;
    const problem = problemOf(head);
    if (problem !== null) return problem;
    const registers = registersOf(head.value);
    if (registers === null) return 'CORRUPT_HLL';
    for (let i = 0; i < REGISTERS; i++) {
      if ((registers[i] as number) > (largest[i] as number)) largest[i] = registers[i] as number;
    }
  }
  return largest;
}

export function pfcount(run: Run, call: Call): Reply {
  const registers = union(run, call.wants);
  return typeof registers === 'string' ? failed(registers) : integer(estimate(registers));
}

export function pfmerge(run: Run, call: Call): Reply {
  const target = call.wants[0] as Place;
  const registers = union(run, call.wants);
  if (typeof registers === 'string') return failed(registers);
  const heads = call.wants.map((place) => run.head(place));
  const anyDense = heads.some((head) => head !== null && head.value[FORM_AT] === DENSE_FORM);
  const old = heads[0] ?? null;
  let value = own(old);
  if (anyDense) value = toDense(value) ?? value;
  for (let register = 0; register < REGISTERS; register++) {
    const count = registers[register] as number;
    if (count > 0) value = raiseRegister(value, register, count) ?? value;
  }
  forgetCount(value);
  run.putString(target, old, { value, deadline: old?.deadline ?? null });
  return ONE;
}
