/**
 * The definition, without any cleverness: every order of the operations that keeps real time, with
 * every choice of unknown ones, is tried. Its own idea of what operations do, from the commands'
 * documentation. For tiny histories only; the checker must always agree with it.
 */
import type { HistoryOp } from '../../src/verify/history.js';

type Value = string | null;

/** The value afterwards, and whether the answer fits. */
function apply(op: HistoryOp, value: Value): { fits: boolean; value: Value } {
  const known = op.result === 'ok';
  const { out, args } = op;
  const fits = (seen: unknown, real: unknown): boolean =>
    !known || seen === undefined || seen === real;
  const [first = '1', second = ''] = args;
  switch (op.op) {
    case 'get':
      return { fits: fits(out.value, value), value };
    case 'exists':
      return { fits: fits(out.found, value !== null), value };
    case 'set': {
      const does = !(args.includes('NX') && value !== null);
      const told = !args.includes('GET') || fits(out.previous, value);
      return { fits: told && fits(out.applied, does), value: does ? first : value };
    }
    case 'cas':
      return { fits: fits(out.applied, value === first), value: value === first ? second : value };
    case 'cad':
      return { fits: fits(out.applied, value === first), value: value === first ? null : value };
    case 'del':
      return { fits: fits(out.applied, value !== null), value: null };
    case 'append': {
      const longer = `${value ?? ''}${first}`;
      return { fits: fits(out.length, longer.length), value: longer };
    }
    case 'incr': {
      const number = value === null ? 0 : Number(value);
      const wrong = !Number.isSafeInteger(number) || String(number) !== (value ?? '0');
      if (op.result === 'refused') return { fits: wrong, value };
      if (wrong) return { fits: !known, value };
      const sum = String(number + Number(first));
      return { fits: fits(out.value, sum), value: sum };
    }
    default:
      throw new RangeError(op.op);
  }
}

const mustRun = (op: HistoryOp): boolean => op.result !== 'unknown';

function explained(rest: readonly HistoryOp[], value: Value): boolean {
  if (!rest.some(mustRun)) return true;
  return rest.some((op, at) => {
    const blocked = rest.some((other) => mustRun(other) && other.return < op.call);
    if (blocked) return false;
    const next = apply(op, value);
    return next.fits && explained([...rest.slice(0, at), ...rest.slice(at + 1)], next.value);
  });
}

/** Whether one key's history is linearizable. */
export function bruteForce(ops: readonly HistoryOp[]): boolean {
  const effective = ops.filter(
    ({ result, op, out }) => result !== 'refused' || (op === 'incr' && out.code === 'NOT_INTEGER'),
  );
  return explained(effective, null);
}
