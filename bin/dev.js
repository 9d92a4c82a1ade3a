#!/usr/bin/env -S node --import tsx
// The launcher of the sources: the same command line without a build.
import { main } from '../src/cli/main.ts';

await main(import.meta.url, { development: true });
