/**
 * Stands in for `console.log` while the engine's binary starts: the binary binds
 * it then, for good, and later prints profiles to it, which it keeps nowhere
 * else. Outside `collect`, all goes on to the console.
 */
export class ConsoleTap {
  #lines: string[] | null = null;

  /** What `start` gives. Lines printed meanwhile go to the console. */
  async attach<Result>(start: () => Promise<Result>): Promise<Result> {
    const { log } = console;
    console.log = (...data: unknown[]) => {
      if (this.#lines === null) log.apply(console, data);
      else this.#lines.push(data.join(" "));
    };
    try {
      return await start();
    } finally {
      console.log = log;
    }
  }

  /** What the binary prints while `print` runs. */
  collect(print: () => void): string {
    const lines: string[] = [];
    this.#lines = lines;
    try {
      print();
    } finally {
      this.#lines = null;
    }
    return lines.join("\n");
  }
}
