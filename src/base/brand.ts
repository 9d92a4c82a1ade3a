/**
 * Branded primitives: a number that has a meaning carries it in its type, so a term can never be
 * passed where an index is wanted. Only the gates in `ids.ts` make one.
 */
declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
