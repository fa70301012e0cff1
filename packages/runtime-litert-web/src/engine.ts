import { type Engine, type EngineOptions, requirePrecision, type Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { missingAdapter, missingWebnn, type Missing } from "@sebench/web-device";
import { litertVersion, takenDevice } from "./attestation.ts";
import { LitertLibrary } from "./library.ts";
import { encodeModel, fileModel, type LitertModel, type WebDevice } from "./model.ts";
import { LitertSession } from "./session.ts";

/** The LiteRT.js of this page: there is one, whatever it is asked for. */
const pageLibrary = new LitertLibrary();

/** Opens the engine of a declared runtime. */
export function openLitertEngine(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: WebDevice,
  options: EngineOptions,
  library: LitertLibrary = pageLibrary,
): Engine<LitertModel> {
  const prepare = async (model: LitertModel) => {
    // Without a WebNN of the browser's, LiteRT.js would run on wasm, and call that webnn.
    const missing = await missingOf[device]();
    if (missing !== null) throw new InputError(missing.reason, { remedy: missing.remedy });
    return LitertSession.create(device, library, await library.start(device, options), model);
  };
  return {
    async probe() {
      const missing = await missingOf[device]();
      if (missing !== null) return { ok: false, ...missing };
      try {
        const started = await library.start(device, options);
        return { ok: true, version: litertVersion, ...(await takenDevice(device, started)) };
      } catch (error) {
        return { ok: false, ...explainStart(error) };
      }
    },
    async encode(lowered, session) {
      requirePrecision(runtime, session.precision);
      return encodeModel(runtime.id, lowered, session);
    },
    fileFormat: "tflite",
    takeFile: fileModel,
    prepare,
    prepareProfiled: prepare,
    deployment: {
      async start() {
        await library.start(device, options);
      },
      open: ({ head, bytes }) => prepare({ ...(head as Omit<LitertModel, "bytes">), bytes }),
    },
    // The module stays until its page ends.
    async [Symbol.asyncDispose]() {},
  };
}

/** What the browser lacks for a device, before LiteRT.js is loaded, or null where it lacks nothing. */
const missingOf: Readonly<Record<WebDevice, () => Promise<Missing | null>>> = {
  wasm: async () => null,
  webgpu: missingAdapter,
  webnn: missingWebnn,
};

function explainStart(error: unknown): Missing {
  if (error instanceof InputError && error.remedy !== null) {
    return { reason: error.message, remedy: error.remedy };
  }
  if (error instanceof Event) {
    return {
      reason: "LiteRT.js's loader cannot be fetched, or is damaged",
      remedy: "reinstall @litertjs/core: npx -y pnpm@10.34.9 install --force",
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { reason, remedy: "try another browser with --browser PATH" };
}
