/**
 * A word as a POSIX shell takes it, for every remedy that a person may paste: a file's name may
 * hold blanks and quotes, and a network's name braces.
 */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
