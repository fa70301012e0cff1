import type { PrintTap } from "./print-tap.ts";

/**
 * Stands in for `console.log` while the engine's binary starts in a page: the
 * binary binds it then, for good. Outside `collect`, all goes on to the console.
 */
export class ConsoleTap implements PrintTap {
  #lines: string[] | null = null;

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
