/**
 * Every story of the Raft core, as a transcript. `REWRITE=1 npx vitest run test/stories` renews the
 * outputs; the diff is reviewed like code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { playStory } from './runner.js';
import { parseStory, renderStory } from './script.js';

const HERE = import.meta.dirname;
const stories = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt'))
  .sort();

describe('stories', () => {
  it.each(stories)('%s', (path) => {
    const file = join(HERE, path);
    const text = readFileSync(file, 'utf8');
    const story = parseStory(text);
    const outputs = playStory(story);
    const played = renderStory(story, outputs);
    if (process.env.REWRITE === '1') writeFileSync(file, played);
    else expect(played).toBe(text);
    expect(story.blocks.at(-1)?.commands.map(({ verb }) => verb)).toEqual(['end']);
    const wrong = story.blocks.filter(({ comments }, i) => {
      const said = comments.some((line) => line.includes('cannot'));
      return outputs[i]?.includes('error: ') && !said;
    });
    expect(wrong.map(({ line }) => `line ${line} goes wrong without saying so`)).toEqual([]);
  });
});
