const readable = /^[\w./:-]{1,100}$/;

/** A key as a message shows it: what is long is cut, and what could move a cursor is escaped. */
export function toldKey(key: string): string {
  return readable.test(key) ? key : JSON.stringify(key.slice(0, 100)).replaceAll(/[^ -~]/g, "?");
}
