/** A verb of the stories' language: what it does to the world; what it has to say it tells it. */
import type { Command } from '../script.js';
import type { World } from '../world.js';

export type Verb = (world: World, command: Command) => void;
export type Verbs = Readonly<Record<string, Verb>>;
