import type { PrintTap } from "./print-tap.ts";

const stdout = 1;

/**
 * In Node the engine's binary prints by `fs.writeSync`, which it looks up each
 * time: so this stands in for it only while something is collected.
 */
export const stdoutTap: PrintTap = {
  attach: (start) => start(),
  collect(print) {
    // Not imported: pages have this module, too.
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
