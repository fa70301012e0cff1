import { type MemberStart, type OnceAStart, overStarts, type StartRecord } from "@sebench/results";

/** What a made-up start takes, and how much memory and how many bytes. */
interface Given {
  /** The milliseconds of each step: code runs, engine, model, session, first run. */
  readonly stepsMs: readonly [number, number, number, number, number];
  readonly steadyMs: number;
  /** The mebibytes before the engine, and those of engine, session, peak, steady and disposed beyond. */
  readonly MiB: readonly [number, number, number, number, number, number];
  /** The mebibytes of JavaScript, wasm and model that a page loads, or null in a process. */
  readonly loadedMiB: readonly [number, number, number] | null;
}

/** The factors by which three starts differ. */
const scatter = [1, 1.08, 0.97];
const mebibyte = 2 ** 20;

/** Three starts of both members; SE takes a little more of everything. */
export function sampleStart(given: Given): StartRecord {
  return {
    ok: true,
    lowering: "gemm",
    fileCache: "warm",
    plain: memberOf(given, 1),
    se: memberOf(given, 1.1),
  };
}

function memberOf({ stepsMs, steadyMs, MiB, loadedMiB }: Given, factor: number): MemberStart {
  const over = (value: number): OnceAStart => overStarts(scatter.map((each) => value * each));
  const [host, engine, model, session, answer] = stepsMs;
  const [before, ...beyond] = MiB;
  const [idle, made, peak, steady, disposed] = beyond.map((each) => each * factor);
  const size = (more: number, share = 1) =>
    overStarts(scatter.map((each) => Math.round((before + more * each) * share * mebibyte)));
  const [javascript, wasm, weights] = loadedMiB ?? [];
  const loaded = (files: number, raw: number, left: number) => ({
    files,
    raw: Math.round(raw * mebibyte),
    sent: Math.round(raw * mebibyte) + 300 * files,
    gzip: Math.round(raw * mebibyte * left * 1.1),
    brotli: Math.round(raw * mebibyte * left),
  });
  return {
    stepsMs: {
      host: over(host),
      engine: over(engine),
      model: over(model * factor),
      session: over(session * factor),
      answer: over(answer * factor),
    },
    firstAnswerMs: over(host + engine + (model + session + answer) * factor),
    steadyMs: over(steadyMs * factor),
    runs: [20, 20, 20],
    residentBytes: {
      before: size(0),
      engine: size(idle!),
      session: size(made!),
      peak: size(peak!),
      steady: size(steady!),
      disposed: size(disposed!),
    },
    proportionalBytes: {
      before: size(0, 0.6),
      engine: size(idle!, 0.6),
      session: size(made!, 0.9),
      steady: size(steady!, 0.9),
      disposed: size(disposed!, 0.8),
    },
    bytes: loadedMiB && {
      javascript: loaded(9, javascript!, 0.25),
      wasm: loaded(wasm === 0 ? 0 : 1, wasm!, 0.2),
      model: loaded(2, weights! * factor, 0.9),
    },
  };
}
