/** What a run of the simulator says of itself. */

export class Report {
  constructor(required) {
    this.required = required;
    this.counts = new Map();
    this.failed = [];
    this.seeds = 0;
    this.simulatedMs = 0;
    this.operations = 0;
    this.faults = 0;
    this.events = 0;
    this.cpuMs = 0;
    this.started = performance.now();
  }

  add(result) {
    this.seeds += 1;
    this.simulatedMs += result.simulatedMs;
    this.operations += result.operations;
    this.faults += result.faults;
    this.events += result.events;
    this.cpuMs += result.cpuMs;
    for (const [row, count] of result.coverage) {
      this.counts.set(row, (this.counts.get(row) ?? 0) + count);
    }
    if (result.violation !== null) this.failed.push(result);
  }

  /** Rows that a long run must have met and did not. */
  get missing() {
    return this.required.filter((row) => !this.counts.has(row));
  }

  table() {
    const rows = new Set([...this.required, ...this.counts.keys()]);
    const width = Math.max(...[...rows].map((row) => row.length));
    return [...rows]
      .sort()
      .map((row) => `${row.padEnd(width)} ${String(this.counts.get(row) ?? 0).padStart(9)}`)
      .join('\n');
  }

  summary(workers) {
    const seconds = (performance.now() - this.started) / 1000;
    const simulated = this.simulatedMs / 1000;
    const rate = simulated / (this.cpuMs / 1000);
    const load = this.operations / simulated;
    return (
      `${this.seeds} seeds, ${(simulated / 3600).toFixed(2)} simulated hours, ` +
      `${this.operations} operations, ${this.faults} faults, ${this.events} events; ` +
      `${seconds.toFixed(1)} s on ${workers} cores; a second of CPU is ${rate.toFixed(1)} ` +
      `simulated seconds of ${load.toFixed(0)} operations each`
    );
  }
}

/** One failure in words, ending with how to see it again. */
export function failureText(result) {
  const { seed, violation, lastEvents } = result;
  return [
    `seed ${seed} breaks: ${violation.message}`,
    'last events:',
    ...lastEvents.slice(-25).map((line) => `  ${line}`),
    `again: npm run sim -- --seed ${seed}`,
  ].join('\n');
}
