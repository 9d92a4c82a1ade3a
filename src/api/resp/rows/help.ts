/**
 * HELP of containers, in the form Redis gives it: a heading, then two lines for each subcommand,
 * made from the rows, so that nothing is listed that is not there.
 */
import type { ContainerRow, LocalRow, ReplyOut } from './row.js';

/** What a line of HELP is made from. */
export interface Helped {
  readonly name: string;
  readonly usage?: string;
  readonly summary: string;
}

const HELP: Helped = { name: 'help', summary: 'Prints this help.' };

function linesOf(container: string, subcommands: readonly Helped[]): string[] {
  const each = [...subcommands, HELP].flatMap(({ name, usage, summary }) => [
    usage === undefined ? name.toUpperCase() : `${name.toUpperCase()} ${usage}`,
    `    ${summary}`,
  ]);
  const heading = `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...].`;
  return [`${heading} Subcommands are:`, ...each];
}

export function writeHelp(container: string, subcommands: readonly Helped[], out: ReplyOut): void {
  const lines = linesOf(container, subcommands);
  out.array(lines.length);
  for (const line of lines) out.simple(line);
}

/** `since`: the version of Redis that brought this HELP. */
export function withHelp(
  container: ContainerRow,
  since: string,
  acl: readonly string[] = container.acl,
): ContainerRow {
  const { name, group, subcommands } = container;
  const help: LocalRow = {
    ...HELP,
    kind: 'local',
    arity: 2,
    flags: ['loading', 'stale'],
    group,
    acl,
    since,
    complexity: 'O(1)',
    handle: ({ out }) => writeHelp(name, subcommands, out),
  };
  return { ...container, subcommands: [...subcommands, help] };
}
