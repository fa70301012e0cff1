import { InputError } from "@sebench/spec";
import type { InferenceSession } from "onnxruntime-common";
import type { ProfileEvent } from "./profile-event.ts";

/** What a session that computes on a device leaves to the CPU, and what lies between the two. */
export interface Placement {
  /** The nodes that ran on the CPU beside a device, which a session on the CPU alone has none of. */
  readonly elsewhere: readonly PlacedNode[];
  /** The copies between the device's memory and the host's that the engine has put between nodes. */
  readonly copies: CopyCost;
}

interface PlacedNode {
  readonly node: string;
  readonly op: string;
  /**
   * Why the node is there: the engine keeps what computes with shapes and other integers on the CPU
   * by choice; for all else the device's provider has no kernel, of its version or type.
   */
  readonly why: "integers" | "no kernel";
}

interface CopyCost {
  readonly count: number;
  /**
   * The time of all copies of a run by the host's clock, in milliseconds, the least of the runs. A
   * copy to the host waits for what the device still has to compute.
   */
  readonly ms: number;
}

const host = "CPUExecutionProvider";

/** Whether an event is that of a copy between the device's memory and the host's. */
function isCopy({ args }: ProfileEvent): boolean {
  return args.op_name === "MemcpyFromHost" || args.op_name === "MemcpyToHost";
}

/**
 * Tells where the nodes of a profile ran.
 *
 * @param nodes the kernels of one run
 * @param runs the kernels of each run
 */
export function placementOf(
  nodes: readonly ProfileEvent[],
  runs: readonly (readonly ProfileEvent[])[],
): Placement {
  const beside = nodes.some(({ args }) => args.provider !== host);
  const ms = (kernels: readonly ProfileEvent[]) =>
    kernels.filter(isCopy).reduce((sum, { dur }) => sum + dur / 1000, 0);
  return {
    elsewhere: beside ? nodes.filter(({ args }) => args.provider === host).map(placedNode) : [],
    copies: {
      count: nodes.filter(isCopy).length,
      ms: runs.length === 0 ? 0 : Math.min(...runs.map(ms)),
    },
  };
}

function placedNode({ name, args }: ProfileEvent): PlacedNode {
  const op = args.op_name ?? "none";
  const [type = ""] = Object.keys(args.input_type_shape?.[0] ?? {});
  return {
    node: name.replace(/_kernel_time$/, ""),
    op,
    why: op === "Shape" || /^int(32|64)$/.test(type) ? "integers" : "no kernel",
  };
}

/** Whether an error says that a session was refused, since the CPU would compute some nodes. */
export function isLeftToCpu(error: unknown): boolean {
  return error instanceof Error && error.message.includes("fallback to CPU EP has been explicitly");
}

/** The options with which the CPU may compute what the device's provider does not. */
export function withCpu(options: InferenceSession.SessionOptions): InferenceSession.SessionOptions {
  const { session, ...extra } = (options.extra ?? {}) as { readonly session?: object };
  const { disable_cpu_ep_fallback: _refused, ...rest } = (session ?? {}) as Record<string, string>;
  return { ...options, extra: { ...extra, session: rest } };
}

/** The most nodes that an error names for each reason. */
const named = 3;

/**
 * The error of a session that was refused, since the CPU would compute some nodes: which, why, and
 * what copies that would take.
 *
 * @param total the number of nodes, without copies
 * @param cause the engine's own error
 */
export function leftToCpu(
  { elsewhere, copies }: Placement,
  total: number,
  cause: unknown,
): InputError {
  const reasons = (["no kernel", "integers"] as const).flatMap((reason) => {
    const nodes = elsewhere.filter(({ why }) => why === reason);
    return nodes.length === 0 ? [] : [`${listed(nodes)} (${reasonTexts[reason]})`];
  });
  const between =
    copies.count === 0
      ? ""
      : `; ${copies.count} copies between them, ${copies.ms.toFixed(2)} ms a run`;
  return new InputError(
    `only ${total - elsewhere.length} of ${total} nodes run on the device, and the CPU would compute ${reasons.join(", ")}${between}`,
    {
      remedy:
        "write these nodes in a form that the device's provider has, often that of opset 21 or below, or take another runtime",
      cause,
    },
  );
}

/** Why nodes run on the CPU beside a device, in words. */
const reasonTexts: Readonly<Record<PlacedNode["why"], string>> = {
  integers: "the engine keeps integers there",
  "no kernel": "the device's provider has no kernel",
};

function listed(nodes: readonly PlacedNode[]): string {
  const texts = nodes.slice(0, named).map(({ node, op }) => `${op} ${node}`);
  const more = nodes.length - texts.length;
  return more > 0 ? `${texts.join(", ")} and ${more} others` : texts.join(", ");
}
