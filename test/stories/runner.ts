/**
 * Plays a story (test/stories/**\/*.txt): runs its commands on a fresh world and says what each
 * block gave. A line that begins with `quietly` shows only how much was done. What cannot be done
 * is an output, too: `error: …`.
 */
import { type Block, type Command, parseCommand, type Story } from './script.js';
import { DOORS } from './verbs/doors.js';
import { FORGE } from './verbs/forge.js';
import { NETWORK } from './verbs/network.js';
import { NODES } from './verbs/nodes.js';
import type { Verbs } from './verbs/verb.js';
import { VIEWS } from './verbs/views.js';
import { WORK } from './verbs/work.js';
import { World } from './world.js';

const VERBS: Verbs = { ...NODES, ...DOORS, ...WORK, ...NETWORK, ...FORGE, ...VIEWS };

/** The output of each block. */
export function playStory(story: Story): string[] {
  const world = new World();
  return story.blocks.map((block) => playBlock(world, block));
}

function playBlock(world: World, { commands }: Block): string {
  for (const command of commands) {
    try {
      if (command.verb === 'quietly') quietly(world, command);
      else run(world, command);
    } catch (error) {
      world.say(`error: ${(error as Error).message}`);
    }
  }
  return world.hear().join('\n') || 'ok';
}

function quietly(world: World, { text }: Command): void {
  const shown = world.hear();
  const before = world.readys;
  run(world, parseCommand(text.replace(/^quietly\s+/, '')));
  world.hear();
  for (const line of shown) world.say(line);
  world.say(`(${world.readys - before} Readys)`);
}

function run(world: World, command: Command): void {
  const verb = VERBS[command.verb];
  if (verb === undefined) throw new Error(`there is no verb '${command.verb}'`);
  verb(world, command);
}
