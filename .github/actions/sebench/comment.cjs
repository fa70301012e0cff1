// Keeps one comment on a pull request: the comparison that bench.sh has written.
// actions/github-script runs it, and hands in GitHub's API.
const { readFileSync } = require("node:fs");

/** What the comparison begins with; with its author, it tells the comment to replace from all others. */
const marker = "<!-- sebench comparison -->";

/** Characters that GitHub takes in a comment. */
const limit = 65_536;

/** @param {string} file the comparison; empty where nothing was compared */
module.exports = async function comment({ github, context, core }, file) {
  const number = context.payload.pull_request?.number;
  if (number === undefined) {
    core.info("This run is for no pull request, so there is no comment to write.");
    return;
  }
  if (file === "") {
    core.info("Nothing was compared, so there is no comment to write.");
    return;
  }
  const { serverUrl, runId, repo } = context;
  const page = `${serverUrl}/${repo.owner}/${repo.repo}/actions/runs/${runId}`;
  const body = cut(readFileSync(file, "utf8"), page);
  try {
    const author = await ownLogin(github);
    await replaceOrCreate(github.rest.issues, github.paginate, { ...repo, number, body, author });
  } catch (error) {
    // The token of a pull request from a fork may not write; that is no fault of what was measured.
    if (error.status !== 403) throw error;
    core.warning(`The comment was refused (${error.message}). The comparison is in ${page}`);
  }
};

/** Whom the token writes as: an app's, such as the job's own, ends in "[bot]". */
async function ownLogin(github) {
  try {
    const { viewer } = await github.graphql("query { viewer { login } }");
    return viewer.login;
  } catch {
    return "github-actions[bot]";
  }
}

/** Whether a comment is ours: anybody may begin one with the marker, and quote a whole one. */
function isOwn({ body, user }, author) {
  if (!body?.startsWith(marker) || !user) return false;
  const name = (login) => (user.type === "Bot" ? login.replace(/\[bot\]$/, "") : login);
  return name(user.login) === name(author);
}

async function replaceOrCreate(issues, paginate, { owner, repo, number, body, author }) {
  const comments = await paginate(issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  const earlier = comments.find((each) => isOwn(each, author));
  if (earlier === undefined) {
    await issues.createComment({ owner, repo, issue_number: number, body });
  } else {
    await issues.updateComment({ owner, repo, comment_id: earlier.id, body });
  }
}

/** Ends a text that is too long after a whole line, with what it left open closed. */
function cut(text, page) {
  if (text.length <= limit) return text;
  const note = `\n\nCut to what a comment may hold. [The whole](${page}) is in the job's summary.\n`;
  const close = "\n\n</details>";
  const kept = text.slice(0, text.lastIndexOf("\n", limit - note.length - close.length));
  const open = kept.lastIndexOf("<details>") > kept.lastIndexOf("</details>");
  return `${kept}${open ? close : ""}${note}`;
}
