/** Types of a head row. A number once given stays: it stands in every stored row. */
export const STRING = 1;
export const HASH = 2;

/** As TYPE names them. */
const NAMES: Readonly<Record<number, string>> = {
  [STRING]: 'string',
  [HASH]: 'hash',
};

export const typeName = (type: number): string => NAMES[type] ?? 'unknown';

/** The type of this name, in any case; null when there is none. */
export function typeNamed(name: string): number | null {
  const wanted = name.toLowerCase();
  const found = Object.entries(NAMES).find(([, one]) => one === wanted);
  return found === undefined ? null : Number(found[0]);
}
