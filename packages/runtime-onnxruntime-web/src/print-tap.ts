/** Listens to what the engine's binary prints, which is the only place where its profiles come out. */
export interface PrintTap {
  /** Gives what `start` gives, which starts the binary. What the binary prints meanwhile goes on its way. */
  attach<Result>(start: () => Promise<Result>): Promise<Result>;
  /** Gives what the binary prints while `print` runs, and keeps it from everybody else. */
  collect(print: () => void): string;
}

/**
 * The tap in a page, where the binary binds `console.log` for good as it starts: the tap
 * stands in for `console.log` meanwhile. Outside `collect`, all goes on to the console.
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

const stdout = 1;

/**
 * The tap in Node, where the binary prints by `fs.writeSync`, which it looks up each
 * time: the tap stands in for `fs.writeSync` only while something is collected.
 */
export const stdoutTap: PrintTap = {
  attach: (start) => start(),
  collect(print) {
    // An import of node:fs would break pages, which have this module, too.
    const fs = process.getBuiltinModule("node:fs");
    const original = fs.writeSync;
    let text = "";
    const collecting = (...given: Parameters<typeof fs.writeSync>): number => {
      const [file, data] = given;
      if (file !== stdout || typeof data !== "string") return original(...given);
      text += data;
      return Buffer.byteLength(data);
    };
    Object.assign(fs, { writeSync: collecting });
    try {
      print();
    } finally {
      Object.assign(fs, { writeSync: original });
    }
    return text;
  },
};
