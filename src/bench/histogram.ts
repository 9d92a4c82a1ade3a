/**
 * Latencies of a run in a few kilobytes: a histogram whose buckets grow with the value, after the
 * idea of HdrHistogram (G. Tene). A value is known to better than 1 %, counting costs nanoseconds.
 */

/** Buckets per power of two: the relative error is at most 1 / SUB. */
const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;
/** Values up to 2^40 µs, more than twelve days. */
const POWERS = 40 - SUB_BITS;

export interface LatencySummary {
  readonly count: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

/** The bucket of a value: exact below 2·SUB, above it SUB buckets per power of two. */
function indexOf(value: number): number {
  if (value < 2 * SUB) return value;
  const power = Math.floor(Math.log2(value)) - SUB_BITS;
  return power * SUB + Math.floor(value / 2 ** power);
}

/** The largest value that falls into a bucket. */
function highestOf(index: number): number {
  if (index < 2 * SUB) return index;
  const power = Math.floor(index / SUB) - 1;
  return (index - power * SUB + 1) * 2 ** power - 1;
}

export class Histogram {
  readonly #counts = new Float64Array((POWERS + 2) * SUB);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Counts one value in whole microseconds; fractions and negative values are rounded up to it. */
  record(us: number): void {
    const value = us > 0 ? Math.ceil(us) : 0;
    const index = Math.min(indexOf(value), this.#counts.length - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  get count(): number {
    return this.#count;
  }

  /** The value that a share `q` (0 to 1) of all values does not exceed; 0 when there is none. */
  quantile(q: number): number {
    const wanted = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen >= wanted) return Math.min(highestOf(index), this.#max);
    }
    return this.#max;
  }

  add(other: Histogram): void {
    for (let index = 0; index < this.#counts.length; index += 1) {
      this.#counts[index] = (this.#counts[index] ?? 0) + (other.#counts[index] ?? 0);
    }
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      meanUs: this.#count === 0 ? 0 : Math.round(this.#sum / this.#count),
      p50Us: this.quantile(0.5),
      p90Us: this.quantile(0.9),
      p99Us: this.quantile(0.99),
      p999Us: this.quantile(0.999),
      maxUs: this.#max,
    };
  }
}
