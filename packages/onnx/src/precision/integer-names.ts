/** The names of the integers of a value, of the floats that they stand for, and of what relates both. */
export const quantised = (value: string) => `${value}/quantised`;
export const dequantised = (value: string) => `${value}/dequantised`;
export const scaleName = (value: string) => `${value}/scale`;
export const zeroPointName = (value: string) => `${value}/zero-point`;
