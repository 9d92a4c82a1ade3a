/** A membership change inside a config entry. */
import { replicaId } from '../../base/ids.js';
import type { ConfigChange, ConfigStep } from '../../raft/types.js';
import type { ByteReader } from './reader.js';
import { readFlag } from './reply.js';
import { UnknownEntry } from './unknown.js';
import type { ByteWriter } from './writer.js';

const LEAVE = 0;
const CHANGE = 1;

/** Numbers of steps on disk and wire; never reused. */
const STEP = { 'add-voter': 0, 'add-learner': 1, remove: 2 } as const satisfies Record<
  ConfigStep['op'],
  number
>;

const STEPS = Object.keys(STEP) as ConfigStep['op'][];

export function writeChange(out: ByteWriter, change: ConfigChange): void {
  if (change.kind === 'leave') {
    out.byte(LEAVE);
    return;
  }
  out.byte(CHANGE);
  out.byte(change.autoLeave ? 1 : 0);
  out.varint(change.steps.length);
  for (const step of change.steps) {
    out.byte(STEP[step.op]);
    out.varint(step.replica);
  }
}

export function readChange(from: ByteReader): ConfigChange {
  const kind = from.byte();
  if (kind === LEAVE) return { kind: 'leave' };
  if (kind !== CHANGE) throw new UnknownEntry(`membership change ${kind}`);
  const autoLeave = readFlag(from);
  const steps: ConfigStep[] = [];
  for (let left = from.count(); left > 0; left--) {
    const op = STEPS[from.byte()];
    if (op === undefined) throw new UnknownEntry('membership step');
    steps.push({ op, replica: replicaId(from.varint()) });
  }
  return { kind: 'change', steps, autoLeave };
}
