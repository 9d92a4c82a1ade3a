/** Types of a head row. A number once given stays: it stands in every stored row. */
export const STRING = 1;
