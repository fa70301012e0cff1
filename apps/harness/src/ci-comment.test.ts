import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commentMarker } from "@sebench/report";
import { beforeAll, describe, expect, it } from "vitest";

type Comment = (toolkit: object, file: string) => Promise<void>;
const script = fileURLToPath(
  new URL("../../../.github/actions/sebench/comment.cjs", import.meta.url),
);
const comment = createRequire(import.meta.url)(script) as Comment;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-comment-"));
});

/** GitHub's comments on one pull request, in memory. */
function pullRequest(
  bodies: string[],
  { mayWrite = true, author = "github-actions[bot]", others = {} as Record<number, string> } = {},
) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const write = (index: number, body: string) => {
    if (!mayWrite) throw Object.assign(new Error("Resource not accessible"), { status: 403 });
    bodies[index] = body;
  };
  interface Page {
    readonly issue_number: number;
    readonly per_page: number;
    readonly page: number;
  }
  const issues = {
    listComments: async ({ issue_number, per_page, page }: Page) => {
      expect(issue_number).toBe(7);
      const all = bodies.map((body, id) => {
        const login = others[id] ?? author;
        return { id, body, user: { login, type: login.endsWith("[bot]") ? "Bot" : "User" } };
      });
      return all.slice((page - 1) * per_page, page * per_page);
    },
    createComment: async ({ body }: { body: string }) => write(bodies.length, body),
    updateComment: async ({ comment_id, body }: { comment_id: number; body: string }) =>
      write(comment_id, body),
  };
  const paginate = async (list: typeof issues.listComments, options: Page) => {
    const pages: Awaited<ReturnType<typeof list>>[] = [];
    do pages.push(await list({ ...options, page: pages.length + 1 }));
    while (pages.at(-1)!.length === options.per_page);
    return pages.flat();
  };
  const context = {
    payload: { pull_request: { number: 7 } },
    repo: { owner: "someone", repo: "project" },
    serverUrl: "https://github.com",
    runId: 11,
  };
  return {
    toolkit: {
      github: { rest: { issues }, paginate, graphql: async () => ({ viewer: { login: author } }) },
      context,
      core: { info: say, warning: say },
    },
    bodies,
    said,
  };
}

describe("the comment on a pull request", () => {
  const write = async (text: string) => {
    const file = join(folder, "comparison.md");
    await writeFile(file, `${commentMarker}\n\n${text}`);
    return file;
  };

  it("is written once, and then replaced, whoever wrote in between", async () => {
    const others = Array.from({ length: 150 }, (_, index) => `I say ${index}`);
    const { toolkit, bodies } = pullRequest([...others, `> ${commentMarker}`]);
    await comment(toolkit, await write("first"));
    bodies.push("and I say more");
    await comment(toolkit, await write("second"));
    expect(bodies.filter((body) => body.startsWith(commentMarker))).toEqual([
      `${commentMarker}\n\nsecond`,
    ]);
    expect(bodies).toHaveLength(153);
  });

  it.each(["github-actions[bot]", "release-app[bot]", "somebody"])(
    "of %s replaces that author's own alone, whoever else begins with its marker",
    async (author) => {
      const others = { 0: "mallory", 1: "other-app[bot]", 2: "github-actions" };
      const forged = Object.keys(others).map((who) => `${commentMarker}\n\nforged ${who}`);
      const { toolkit, bodies } = pullRequest([...forged], { author, others });
      await comment(toolkit, await write("first"));
      await comment(toolkit, await write("second"));
      expect(bodies).toEqual([...forged, `${commentMarker}\n\nsecond`]);
    },
  );

  it("is the job's own where GitHub does not tell whom the token writes as", async () => {
    const { toolkit, bodies } = pullRequest([`${commentMarker}\n\nfirst`]);
    const graphql = () => Promise.reject(new Error("Resource not accessible by integration"));
    await comment({ ...toolkit, github: { ...toolkit.github, graphql } }, await write("second"));
    expect(bodies).toEqual([`${commentMarker}\n\nsecond`]);
  });

  it("is cut to what GitHub takes, with nothing left open", async () => {
    const { toolkit, bodies } = pullRequest([]);
    const rows = Array.from({ length: 9000 }, (_, index) => `| row ${index} |`).join("\n");
    await comment(toolkit, await write(`<details><summary>all</summary>\n\n${rows}\n\n</details>`));
    expect(bodies[0]!.length).toBeLessThanOrEqual(65_536);
    expect(bodies[0]!.length).toBeGreaterThan(65_000);
    expect(bodies[0]).toMatch(/\n\| row \d+ \|\n\n<\/details>\n\nCut to .*\/actions\/runs\/11\)/);
  });

  it.each([
    ["no pull request", { payload: {} }, "for no pull request"],
    ["no comparison", {}, "Nothing was compared"],
  ])("is not written where there is %s", async (_, changed, reason) => {
    const { toolkit, bodies, said } = pullRequest([]);
    await comment({ ...toolkit, context: { ...toolkit.context, ...changed } }, "");
    expect(said).toEqual([expect.stringContaining(reason)]);
    expect(bodies).toEqual([]);
  });

  it("is done without where the token may not write, as on a fork", async () => {
    const { toolkit, said } = pullRequest([], { mayWrite: false });
    await comment(toolkit, await write("text"));
    expect(said).toEqual([expect.stringContaining("Resource not accessible")]);
  });
});
