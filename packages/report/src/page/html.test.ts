import { expect, test } from "vitest";
import { html, trusted, prose } from "./html.ts";

test("text that is put in never becomes markup", () => {
  expect(html`<p title="${`"'`}">${"<b>&"}</p>`.markup).toBe(
    '<p title="&quot;&#39;">&lt;b&gt;&amp;</p>',
  );
});

test("markup is put in as it is, alone or in lists", () => {
  const items = [html`<b>1</b>`, trusted("<i>2</i>")];
  expect(html`<p>${items}${items[0]!}</p>`.markup).toBe("<p><b>1</b><i>2</i><b>1</b></p>");
});

test("null leaves nothing, and 0 leaves a zero", () => {
  expect(html`a${null}b${0}`.markup).toBe("ab0");
});

test("no line breaks within a figure and its interval", () => {
  expect(prose("SE costs +3.1 % [2.8, 3.3] on a/b.").markup).toBe(
    'SE costs <span class="keep">+3.1 % [2.8, 3.3]</span> on a/b.',
  );
});

test("commands in prose look like commands, and what they hold is still escaped", () => {
  expect(prose("run `a <b> --fix` now").markup).toBe(
    'run <code>a &lt;b&gt; <span class="keep">--fix</span></code> now',
  );
});
