/** Parts that containers of the group "server" share: SLOWLOG, LATENCY, MEMORY. */
import { withHelp } from './help.js';
import type { ContainerRow, LocalRow, RunnableRow } from './row.js';

export const ADMIN_ACL = ['@admin', '@slow', '@dangerous'];
export const HERE = 'Of this node alone.';

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'usage' | 'differs' | 'complexity'>>;

export const admin = (row: Sub): LocalRow => ({
  kind: 'local',
  group: 'server',
  flags: ['admin', 'loading', 'stale'],
  acl: ADMIN_ACL,
  complexity: 'O(N) with N entries',
  differs: HERE,
  ...row,
});

interface Container {
  readonly name: string;
  readonly since: string;
  /** What brought its HELP. */
  readonly helpSince: string;
  readonly summary: string;
  readonly subcommands: readonly RunnableRow[];
}

export const container = ({ helpSince, ...row }: Container): ContainerRow =>
  withHelp(
    {
      kind: 'container',
      arity: -2,
      flags: [],
      group: 'server',
      acl: ['@slow'],
      complexity: 'Depends on the subcommand',
      ...row,
    },
    helpSince,
  );
