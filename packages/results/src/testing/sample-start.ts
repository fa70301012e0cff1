import { type MemberStart, overStarts, type StartRecord } from "../case/start-record.ts";

interface Given {
  readonly firstAnswerMs?: number;
  /** The growth at the peak, or null where the system does not tell. */
  readonly growthBytes?: number | null;
  /** The bytes of the page's wasm after brotli, or null in a process. */
  readonly brotli?: number | null;
}

/** A start whose members are alike; its growth is beyond 1 kB before the engine. */
export function sampleStart({
  firstAnswerMs = 100,
  growthBytes = 0,
  brotli = null,
}: Given): Extract<StartRecord, { ok: true }> {
  const once = (value: number) => overStarts([value]);
  const grown = once(1000 + (growthBytes ?? 0));
  const nothing = { files: 0, raw: 0, sent: 0, gzip: 0, brotli: 0 };
  const member: MemberStart = {
    stepsMs: {
      host: once(0),
      engine: once(0),
      model: once(0),
      session: once(0),
      answer: once(firstAnswerMs),
    },
    firstAnswerMs: once(firstAnswerMs),
    steadyMs: once(1),
    runs: [20],
    residentBytes:
      growthBytes === null
        ? null
        : {
            before: once(1000),
            engine: grown,
            session: grown,
            peak: grown,
            steady: grown,
            disposed: grown,
          },
    proportionalBytes: null,
    bytes:
      brotli === null
        ? null
        : {
            javascript: nothing,
            wasm: { files: 1, raw: 4 * brotli, sent: 4 * brotli, gzip: 2 * brotli, brotli },
            model: nothing,
          },
  };
  return { ok: true, lowering: "gemm", fileCache: "warm", plain: member, se: member };
}
