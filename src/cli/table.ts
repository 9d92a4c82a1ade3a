/** Tables for eyes: no borders, two spaces between columns, colours only where they are wanted. */

export const coloursWanted = (): boolean =>
  process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export type Cell = string | number | bigint | boolean | null | undefined;

/** The library loads in 10 ms, so only commands that print a table pay for it. */
export async function tableMaker(): Promise<
  (head: readonly string[], rows: readonly (readonly Cell[])[]) => string
> {
  const { default: Table } = await import('cli-table3');
  return (head, rows) => {
    const table = new Table({
      head: [...head],
      chars: PLAIN,
      style: {
        'padding-left': 0,
        'padding-right': 0,
        head: coloursWanted() ? ['bold'] : [],
        border: [],
      },
    });
    for (const row of rows) table.push(row.map((cell) => (cell ?? '-').toString()));
    return table.toString().replace(/[ ]+$/gm, '');
  };
}
