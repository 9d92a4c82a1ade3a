/**
 * Which of a result's views is printed, and where (CLI contract, "Output"): JSON on one line unless
 * a person is looking, tables for eyes only, raw bytes when asked for.
 */
export const OUTPUT_FORMATS = ['table', 'json', 'yaml', 'raw'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Views {
  /** For eyes. Called only when it is printed. */
  readonly table?: () => string;
  /** Plain lines for shells; where it exists it is the default, terminal or not. */
  readonly text?: () => string | Uint8Array;
  /** The bytes alone, nothing added. */
  readonly raw?: () => string | Uint8Array;
}

async function toYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value);
}

const toJson = (value: unknown, terminal: boolean): string =>
  `${JSON.stringify(value, null, terminal ? 2 : undefined)}\n`;

const withNewline = (view: string | Uint8Array): string | Uint8Array =>
  typeof view === 'string' && view !== '' && !view.endsWith('\n') ? `${view}\n` : view;

/** What to write to stdout for this value. */
export async function render(
  value: unknown,
  views: Views,
  format: OutputFormat | undefined,
  terminal: boolean,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'json':
      return toJson(value, terminal);
    case 'yaml':
      return toYaml(value);
    case 'raw':
      return views.raw?.() ?? withNewline(views.text?.() ?? toJson(value, false));
    case 'table': {
      const view = views.table ?? views.text;
      return view === undefined ? toJson(value, true) : withNewline(view());
    }
    case undefined:
      if (views.text !== undefined) return withNewline(views.text());
      if (terminal && views.table !== undefined) return withNewline(views.table());
      return toJson(value, terminal);
  }
}

/** Writes and waits while the reader is behind, so that a long scan holds one page in memory. */
export async function writeStdout(chunk: string | Uint8Array): Promise<void> {
  if (chunk.length === 0 || process.stdout.write(chunk)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}
