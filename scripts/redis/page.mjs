/** The generated part of docs/redis.md: the door's rows, what differs, what is missing. */
import { DIFFERENCES } from './differences.mjs';
import { stillMissing } from './missing.mjs';

export const BEGIN = '<!-- redis:begin, npm run docs:redis -->';
export const END = '<!-- redis:end -->';

const TITLES = [
  ['connection', 'Connection'],
  ['string', 'Strings'],
  ['generic', 'Keys'],
  ['hash', 'Hashes'],
  ['bitmap', 'Bits'],
  ['hyperloglog', 'HyperLogLogs'],
  ['list', 'Lists'],
  ['set', 'Sets'],
  ['sorted-set', 'Sorted sets'],
  ['stream', 'Streams'],
  ['transactions', 'Transactions'],
  ['cluster', 'Cluster'],
  ['server', 'Server'],
];

/** Rows and the rows of containers by full name, in the door's order. */
export function flatten(rows) {
  return rows.flatMap((row) => {
    if (row.kind !== 'container') return [{ ...row, fullName: row.name }];
    const own = row.bare === undefined ? [] : [{ ...row, fullName: row.name }];
    const subs = row.subcommands.map((sub) => ({
      ...sub,
      group: row.group,
      fullName: `${row.name}|${sub.name}`,
    }));
    return [...own, ...subs];
  });
}

const cell = (text) => text.replaceAll('|', '\\|');

function differencesOf({ fullName, differs }) {
  const known = DIFFERENCES.filter(({ commands }) => commands.includes(fullName));
  const all = [...(differs === undefined ? [] : [differs]), ...known.map(({ what }) => what)];
  return [...new Set(all)].join(' ');
}

function section(title, rows) {
  const lines = rows.map((row) => {
    const name = row.fullName.toUpperCase().replace('|', ' ');
    return `| ${name} | ${row.since} | ${cell(differencesOf(row))} |`;
  });
  return [`### ${title}`, '', '| command | since | differs |', '|---|---|---|', ...lines].join(
    '\n',
  );
}

function missingSection(names) {
  const lines = stillMissing(names).map(
    ({ commands, brings }) =>
      `| ${commands.map((name) => name.toUpperCase().replace('|', ' ')).join(', ')} | ${brings} |`,
  );
  return ['### Missing', '', '| commands | brought by |', '|---|---|', ...lines].join('\n');
}

/** @param rows the door's table (src/api/resp/rows/table.ts) */
export function renderRows(rows) {
  const all = flatten(rows);
  const sections = TITLES.map(([group, title]) => [title, all.filter((r) => r.group === group)])
    .filter(([, found]) => found.length > 0)
    .map(([title, found]) => section(title, found));
  const names = [...all.map(({ fullName }) => fullName), ...rows.map(({ name }) => name)];
  return [...sections, missingSection(names)].join('\n\n');
}

/**
 * `page` with its generated part renewed.
 * @param {string} page
 * @param {readonly object[]} rows
 * @returns {string}
 */
export function renew(page, rows) {
  const [head, rest] = page.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (tail === undefined) throw new Error('docs/redis.md has lost its markers');
  return `${head}${BEGIN}\n\n${renderRows(rows)}\n\n${END}${tail}`;
}
