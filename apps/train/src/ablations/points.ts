/** Two decimals, as the paper prints errors: `10.53`, `−0.08`. */
export function fixed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return value < 0 && Number(digits) !== 0 ? `−${digits}` : digits;
}

/** The same of a difference: `+0.31`. */
export function signed(value: number): string {
  const digits = fixed(value);
  return value > 0 && Number(digits) !== 0 ? `+${digits}` : digits;
}
