// This has to be first, before any schema is read.
// oxlint-disable-next-line import/no-unassigned-import
import "./no-eval.ts";
import type { JobProgress } from "@sebench/jobs";
import type { PairDescription } from "@sebench/pairs";
import { InputError } from "@sebench/spec";
import {
  ParameterError,
  type Parameters,
  readParameters,
  standaloneRuntimes,
} from "./parameters.ts";
import { element, outcome, show, tellResult } from "./result.ts";
import { fetchPairs } from "./supply.ts";
import { Teller } from "./tell.ts";
import { isolate, type Isolation } from "./this-browser.ts";
import { browserLanguage, type Language, languages, type WordKey } from "./words.ts";

/** Whether threads can share memory, which WebKitGTK's cannot in an isolated page either. */
const sharesMemory = typeof SharedArrayBuffer !== "undefined";

let teller = new Teller(browserLanguage(navigator.languages));

/** Writes every sentence of the page that its markup names. */
function writeSentences(): void {
  document.documentElement.lang = teller.language;
  document.title = `sebench: ${teller.say("title")}`;
  for (const each of document.querySelectorAll<HTMLElement>("[data-say]")) {
    each.textContent = teller.say(each.dataset["say"] as WordKey);
  }
}

/** Says in one sentence what is wrong, and what helps where that is known. */
function tellError(error: unknown): void {
  const remedy = error instanceof InputError ? error.remedy : null;
  const reason = error instanceof Error ? error.message : String(error);
  const sentence =
    error instanceof ParameterError
      ? teller.say(error.key, error.values)
      : teller.say("failed", { reason });
  const help = remedy === null ? [] : [teller.say("remedy", { remedy })];
  element("error").textContent = [sentence, ...help].join(" ");
  show("error");
  show("running", false);
  outcome.sebenchResult = { ok: false, reason: sentence };
}

async function open(): Promise<void> {
  // The language first, so that what is wrong with the address is told in it.
  const lang = new URLSearchParams(location.search).get("lang");
  if (lang !== null && Object.hasOwn(languages, lang)) teller = new Teller(lang as Language);
  writeSentences();
  const pairs = await fetchPairs();
  const offer = {
    networks: pairs.map(({ networks }) => networks.se),
    languages: Object.keys(languages),
  };
  const asked = readParameters(location.search, offer);
  const isolation = await isolate(asked.isolate);
  fillChoice(asked, offer.networks);
  tellReady(asked, isolation);
  const pair = pairs.find(({ networks }) => networks.se === asked.network)!;
  element("start").addEventListener("click", () => void measure(pair, asked));
  if (asked.start) await measure(pair, asked);
}

/** Fills the form, which opens the page anew with what is chosen. */
function fillChoice(asked: Parameters, networks: readonly string[]): void {
  const form = element<HTMLFormElement>("choice");
  const control = (name: string) =>
    form.elements.namedItem(name) as HTMLSelectElement | HTMLInputElement;
  const choose = (name: string, choices: readonly (readonly [string, string])[], chosen: string) =>
    control(name).append(
      ...choices.map(([value, text]) => new Option(text, value, false, value === chosen)),
    );
  const same = (values: readonly string[]) => values.map((value) => [value, value] as const);
  const cores = sharesMemory ? navigator.hardwareConcurrency : 1;
  const threads = [1, 2, 4, 8].filter((count) => count <= cores);
  const counts = [...new Set([...threads, ...(asked.threads === null ? [] : [asked.threads])])];
  choose("network", same(networks), asked.network);
  choose("runtime", same(Object.keys(standaloneRuntimes)), asked.runtime);
  choose(
    "threads",
    [["auto", teller.say("threadsAuto")], ...same(counts.map(String))],
    asked.threads === null ? "auto" : String(asked.threads),
  );
  choose(
    "lang",
    Object.entries(languages).map(([code, { language }]) => [code, language] as const),
    teller.language,
  );
  control("budget").value = String(asked.budget);
  control("isolation").value = asked.isolate ? "auto" : "off";
  show("choice");
}

/** What is loaded at most: the binary of the engine, the images and the weights that ship. */
const megabytes: Readonly<Record<string, number>> = { ort: 32, tfjs: 8, litert: 16 };

function tellReady({ budget, runtime }: Parameters, isolation: Isolation): void {
  const why = { asked: "Asked", insecure: "Insecure", refused: "Refused" } as const;
  const by = { host: "isolatedByHost", worker: "isolatedByWorker" } as const;
  const key: WordKey = isolation.isolated
    ? sharesMemory
      ? by[isolation.by]
      : "isolatedWithoutThreads"
    : `notIsolated${why[isolation.why]}`;
  element("isolation").textContent = teller.say(key);
  const loaded = megabytes[standaloneRuntimes[runtime].slice(0, -1)]!;
  element("advice").textContent = teller.say("advice", { seconds: budget, megabytes: loaded });
  show("ready");
}

async function measure(pair: PairDescription, asked: Parameters): Promise<void> {
  show("ready", false);
  show("choice", false);
  show("running");
  const note = () => show("hidden-note", document.hidden);
  document.addEventListener("visibilitychange", note);
  // A screen that goes dark hides the page. Some browsers have no such lock, or refuse it.
  const lock = await navigator.wakeLock?.request("screen").catch(() => null);
  try {
    // The form is there before what measures, which is most of the page's code.
    const { measurePair } = await import("./measure-pair.ts");
    const made = await measurePair(pair, asked, {
      say: async () => paint(teller.say("encoding"), 0),
      onProgress: async (progress) => paint(describe(progress, asked), shareOf(progress, asked)),
    });
    show("running", false);
    tellResult(made, teller);
  } catch (error) {
    tellError(error);
  } finally {
    document.removeEventListener("visibilitychange", note);
    await lock?.release();
  }
}

function describe(progress: JobProgress, { budget }: Parameters): string {
  if ("done" in progress) return teller.say("rounds");
  const phase = teller.say(progress.phase as WordKey);
  if (progress.phase !== "rounds") return phase;
  const seconds = Math.max(0, Math.round(budget - progress.elapsedMs / 1000));
  return `${phase}: ${teller.say("left", { seconds, rounds: progress.rounds })}`;
}

function shareOf(progress: JobProgress, { budget }: Parameters): number {
  return "elapsedMs" in progress ? Math.min(1, progress.elapsedMs / (1000 * budget)) : 0;
}

/** Writes the status, and gives the page a turn to paint it. */
async function paint(status: string, share: number): Promise<void> {
  element("status").textContent = status;
  element<HTMLProgressElement>("progress").value = share;
  await new Promise<void>((resolve) => {
    // A page that is hidden has no frames, and waits elsewhere.
    const timer = setTimeout(resolve, 50);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      setTimeout(resolve);
    });
  });
}

open().catch(tellError);
