import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** A command line of `bench` in the documentation or a workflow. */
export interface DocumentedCommand {
  /** The file, relative to the repository. */
  readonly file: string;
  /** The command line as it is written, without its comment. */
  readonly line: string;
  /** What follows `bench`, as a shell would hand it over. */
  readonly arguments: readonly string[];
}

/** Every command line of `bench` in README, docs, packages' READMEs and workflows. What a shell or a workflow must fill in is left out. */
export function documentedCommands(): DocumentedCommand[] {
  return files().flatMap((file) => {
    const text = readFileSync(file, "utf8").replaceAll(/\\\n\s*/g, " ");
    const lines = [
      ...text.matchAll(/^(?:.*\b)?(?:pnpm|pnpm@[\d.]+)(?: --silent)? (bench\b[^`\n]*)/gm),
    ];
    const inline = [
      ...text.matchAll(/`(?:npx -y )?pnpm(?:@[\d.]+)?(?: --silent)? (bench\b[^`\n]*)`/g),
    ];
    return [...new Set([...lines, ...inline].map(([, line]) => line!))]
      .map((line) =>
        line
          .replace(/\s+#.*$/, "")
          .replace(/\s*(?:&&|\||;|>).*$/, "")
          .trim(),
      )
      .filter((line) => !/[$…]|\.\.\./.test(line))
      .map((line) => ({ file: relative(repository, file), line, arguments: words(line).slice(1) }));
  });
}

function files(): string[] {
  const found = readdirSync(repository, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(node_modules|results|fixtures|\.git)\//.test(file));
  return found.toSorted();
}

/** A line's words as a shell splits them; quotes hold a word together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g)].map(
    ([word, double, single]) => double ?? single ?? word,
  );
}
