import type { DoorRow } from '../../src/api/resp/rows/row.js';

export const BEGIN: string;
export const END: string;
export function renderRows(rows: readonly DoorRow[]): string;
export function renew(page: string, rows: readonly DoorRow[]): string;
