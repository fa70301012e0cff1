/**
 * This program measures the forms in which a backend can have its operators, from which
 * `formsOf` chooses, and prints a section of the record `forms.md`:
 * `pnpm --filter @sebench/tfjs bench:forms RUNTIME`. Runtimes of tfjs-web run in Chromium,
 * from `SEBENCH_BROWSER` or /usr/bin/chromium.
 */
import { cpus } from "node:os";
import { formsOf, type TfjsRuntimeId } from "../src/index.ts";
import { deviceName } from "./device-name.ts";
import { choices, type FormKind } from "./form-cases.ts";
import { type FormFigures, measureForms } from "./measure-forms.ts";
import { nodeBindings } from "./open-binding.ts";
import { withPage } from "./open-page.ts";
import type { FormsPage, WebDevice } from "./page/main.ts";

const id = process.argv[2] as TfjsRuntimeId;
const webDevices: Partial<Record<TfjsRuntimeId, WebDevice>> = {
  "tfjs-web/cpu": "cpu",
  "tfjs-web/wasm": "wasm",
  "tfjs-web/webgl": "webgl",
  "tfjs-web/webgpu": "webgpu",
};
const device = webDevices[id];
const all: FormFigures[] = [];
const keep = (figures: FormFigures) => {
  all.push(figures);
  process.stderr.write(`${figures.kind}: ${figures.name}\n`);
};

if (id === "tfjs-node/cpu") {
  const binding = nodeBindings[id]();
  const name = await deviceName(binding);
  await measureForms(binding, keep);
  print(`Node ${process.versions.node}`, name);
} else if (device) {
  await withPage(async (page, browser) => {
    await page.exposeFunction("reportFigures", keep);
    await page.waitForFunction(() => "formsPage" in globalThis);
    const formsPage = await page.evaluateHandle(
      () => Reflect.get(globalThis, "formsPage") as FormsPage,
    );
    const name = await formsPage.evaluate((its, of) => its.open(of), device);
    await formsPage.evaluate((its) => its.measure());
    print(browser, name);
  });
} else {
  throw new Error(`give a runtime: tfjs-node/cpu or ${Object.keys(webDevices).join(" or ")}`);
}

function print(host: string, name: string): void {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores`;
  const kinds = Object.keys(choices) as FormKind[];
  console.log(
    [
      `## ${id}`,
      "",
      `${day}, ${machine}; ${host}; ${name}.`,
      ...kinds.map((kind) => `\n${table(kind)}`),
    ].join("\n"),
  );
}

/** A table of the least and the median ms of each form's rounds, with the chosen form in bold. */
function table(kind: FormKind): string {
  const chosen = formsOf[id][kind];
  const forms = choices[kind].map((form) => (form === chosen ? `**${form}**` : form));
  const rows = all
    .filter((figures) => figures.kind === kind)
    .map((figures) => {
      const times = figures.forms.map(({ min, median }) => `${digits(min)} / ${digits(median)}`);
      return row(figures.name, ...times, String(figures.rounds));
    });
  const rule = row("---", ...forms.map(() => "--:"), "--:");
  return [row(kind, ...forms, "rounds"), rule, ...rows].join("\n");
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A time with three digits. */
function digits(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}
