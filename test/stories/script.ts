/**
 * The text of a story: a why-paragraph of `#` lines, then blocks of commands, `----` and the output
 * they must give. `parseStory` takes it apart, `renderStory` puts it together with new outputs.
 */

/** One command line: `verb words… key=value… flag…`. */
export interface Command {
  readonly text: string;
  readonly verb: string;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

export interface Block {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** `#` lines above the commands. */
  readonly comments: readonly string[];
  readonly commands: readonly Command[];
  readonly expected: string;
}

export interface Story {
  readonly why: readonly string[];
  readonly blocks: readonly Block[];
}

const BAR = '----';

export function parseStory(text: string): Story {
  const paragraphs = split(text);
  const [head, ...rest] = paragraphs;
  if (head === undefined || !head.lines.every((line) => line.startsWith('#'))) {
    throw new Error('a story begins with a paragraph of # lines that says why');
  }
  return { why: head.lines, blocks: rest.map(parseBlock) };
}

export function renderStory(story: Story, outputs: readonly string[]): string {
  const blocks = story.blocks.map(({ comments, commands }, i) =>
    [...comments, ...commands.map(({ text }) => text), BAR, outputs[i]].join('\n'),
  );
  return `${[story.why.join('\n'), ...blocks].join('\n\n')}\n`;
}

interface Paragraph {
  readonly line: number;
  readonly lines: string[];
}

function split(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: Paragraph | null = null;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') {
      open = null;
      continue;
    }
    if (open === null) {
      open = { line: i + 1, lines: [] };
      paragraphs.push(open);
    }
    open.lines.push(line);
  }
  return paragraphs;
}

function parseBlock({ line, lines }: Paragraph): Block {
  const bar = lines.indexOf(BAR);
  const head = bar < 0 ? lines : lines.slice(0, bar);
  const comments = head.filter((text) => text.startsWith('#'));
  const commands = head.filter((text) => !text.startsWith('#')).map(parseCommand);
  if (commands.length === 0) throw new Error(`line ${line}: a block without a command`);
  return { line, comments, commands, expected: bar < 0 ? '' : lines.slice(bar + 1).join('\n') };
}

export function parseCommand(text: string): Command {
  const [verb = '', ...parts] = text.trim().split(/\s+/);
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 0) words.push(part);
    else options.set(part.slice(0, at), part.slice(at + 1));
  }
  return { text, verb, words, options };
}
