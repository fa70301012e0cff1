import type { Precision } from "@sebench/runtime";
import type { Tfjs } from "@sebench/tfjs";
import { isSoftwareName, type Missing } from "@sebench/web-device";
import type { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import { chooseBackend, setFlags } from "./choose-backend.ts";
import { requireFloat16, requireFloat32 } from "./mantissa.ts";
import type { WebBackend } from "./web-backend.ts";

/** tfjs's flags for fp32, the default. */
const flags = {
  // Otherwise tfjs refuses a renderer in software, which is measured here and marked as such.
  SOFTWARE_WEBGL_ENABLED: true,
  // Otherwise the CPU computes what is small and has not been uploaded.
  WEBGL_CPU_FORWARD: false,
  WEBGL_FORCE_F16_TEXTURES: false,
};

/**
 * tfjs's flags for fp16, by which textures have 16-bit floats: the inputs and outputs
 * of a kernel are rounded to fp16, and the shader between them computes with 32 bits.
 */
const halfFlags = { WEBGL_FORCE_F16_TEXTURES: true, WEBGL_RENDER_FLOAT32_ENABLED: false };

export const webglBackend: WebBackend = {
  missing: async () => missingContext(),
  async start(tf, { softwareGl = false }) {
    await import("@tensorflow/tfjs-backend-webgl");
    setFlags(tf, flags);
    const backend = await chooseBackend<MathBackendWebGL>(tf, "webgl");
    const gl = backend.gpgpu.gl as WebGL2RenderingContext;
    const loss = watchLoss(gl);
    await requireFloat32(tf);
    const { vendor, renderer } = namesOf(gl);
    return {
      device: {
        name: softwareGl ? `software, called ${renderer}` : renderer,
        details: { vendor, version: gl.getParameter(gl.VERSION) },
      },
      software: softwareGl || isSoftwareName(renderer),
      requireAlive: () => loss.requireNone(),
      async takePrecision(precision) {
        if (precision !== "fp16") return;
        setFlags(tf, halfFlags);
        await requireFloat16(tf);
      },
      async prove(precision) {
        const { programs, evidence } = circumstances(tf, backend);
        const reason =
          doubt(softwareGl ? "software" : renderer, programs, gl.getError()) ??
          otherTextures(tf, precision);
        return { reason, threads: null, evidence };
      },
    };
  },
};

function missingContext(): Missing | null {
  // WebKit may have WebGL for a canvas of the page alone, which tfjs takes there, too.
  if (new OffscreenCanvas(1, 1).getContext("webgl2")) return null;
  if (document.createElement("canvas").getContext("webgl2")) return null;
  return {
    reason: "the browser has no WebGL 2",
    remedy:
      "start Chromium with --enable-unsafe-swiftshader for one in software, or on a GPU under Linux " +
      "with --ignore-gpu-blocklist --use-angle=vulkan --enable-features=Vulkan",
  };
}

/** The driver's names of the vendor and the renderer, which are empty where the browser hides them. */
function namesOf(gl: WebGL2RenderingContext): Record<"vendor" | "renderer", string> {
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  const name = (parameter: number | undefined): string =>
    parameter === undefined ? "" : String(gl.getParameter(parameter) ?? "");
  return {
    vendor: name(extension?.UNMASKED_VENDOR_WEBGL),
    renderer: name(extension?.UNMASKED_RENDERER_WEBGL),
  };
}

/**
 * Tells of the context's loss, also once an empty context has been restored. tfjs would
 * wait without end for a fence of a lost context, so from the loss on every fence is
 * said to have passed.
 */
function watchLoss(gl: WebGL2RenderingContext) {
  let lost = false;
  gl.canvas.addEventListener("webglcontextlost", () => {
    lost = true;
    gl.clientWaitSync = () => gl.CONDITION_SATISFIED;
  });
  return {
    requireNone() {
      if (lost || gl.isContextLost()) {
        throw new Error("the browser has lost its WebGL context, and with it the network");
      }
    },
  };
}

function circumstances(tf: Tfjs, backend: MathBackendWebGL) {
  const programs = Object.keys(Reflect.get(backend, "binaryCache") as object).length;
  const env = tf.env();
  const read = [...Object.keys(flags), "WEBGL_VERSION", "WEBGL_RENDER_FLOAT32_ENABLED"];
  const values = Object.fromEntries(read.map((name) => [name, env.get(name)]));
  return { programs, evidence: { programs, flags: values } };
}

function otherTextures(tf: Tfjs, precision: Precision): string | null {
  const bits = tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED") ? 32 : 16;
  const right = bits === (precision === "fp16" ? 16 : 32);
  return right ? null : `${precision} was asked for, and textures have floats of ${bits} bits`;
}

/** The name that WebKit gives to every renderer, to those in software too. */
const anyRenderer = "Apple GPU";

function doubt(renderer: string, programs: number, error: number): string | null {
  if (renderer === "") return "the browser does not tell which renderer its WebGL has";
  if (renderer === anyRenderer) {
    return `the browser calls its renderer "${anyRenderer}", as WebKit calls every one, also in software`;
  }
  // 0 is NO_ERROR, and an error stays until it is read.
  if (error !== 0) return `WebGL has failed with error 0x${error.toString(16)}`;
  return programs === 0 ? "no program was compiled for the renderer" : null;
}
