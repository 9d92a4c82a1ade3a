/** Faults as the launcher orders them over the IPC channel; nobody else can. */
import type { ChildOrder, ChildReport } from '../../config/child.js';
import type { FaultBoard } from './board.js';

/** Takes orders from now on; each is answered with what the faults have met so far. */
export function takeOrders(board: FaultBoard): void {
  process.on('message', (message: ChildOrder) => {
    if (message.kind !== 'faults') return;
    board.set(message.faults);
    const report: ChildReport = { kind: 'faults', order: message.order, hits: board.hits };
    process.send?.(report, undefined, undefined, () => undefined);
  });
}
