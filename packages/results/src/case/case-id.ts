import { briefly, InputError } from "@sebench/spec";

export interface CaseParts {
  /** The engine and device: `onnxruntime-node/cpu`. */
  readonly runtime: string;
  readonly host: string;
  /** The network with SE: `se-resnet50`. */
  readonly network: string;
  /** The height and the width of an image, in pixels. */
  readonly imageSize: number;
  /** The images in one run. */
  readonly batch: number;
  readonly precision: string;
  readonly lowering: string;
}

/** The id of a case, such as `onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|gemm`. */
export function caseId(parts: CaseParts): string {
  const { runtime, host, network, imageSize, batch, precision, lowering } = parts;
  return [runtime, host, network, imageSize, `b${batch}`, precision, lowering].join("|");
}

const pattern =
  /^(?<runtime>[\w-]+\/[\w-]+)\|(?<host>[\w-]+)\|(?<network>[\w.+,={}-]+)\|(?<imageSize>[1-9]\d{0,8})\|b(?<batch>[1-9]\d{0,8})\|(?<precision>\w+)\|(?<lowering>[\w:+=/-]+)$/;

/** Whether a text is the id of a case. */
export function isCaseId(id: string): boolean {
  return pattern.test(id);
}

/**
 * Reads the parts of a case from its id.
 *
 * @throws InputError if the id does not name a case
 */
export function parseCaseId(id: string): CaseParts {
  const parts = pattern.exec(id)?.groups;
  if (!parts) {
    throw new InputError(`"${briefly(id, 200)}" does not name a case`, {
      remedy:
        "write runtime|host|network|size|batch|precision|lowering, such as onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|gemm",
    });
  }
  const { runtime, host, network, imageSize, batch, precision, lowering } = parts as Record<
    string,
    string
  >;
  return {
    runtime: runtime!,
    host: host!,
    network: network!,
    imageSize: Number(imageSize),
    batch: Number(batch),
    precision: precision!,
    lowering: lowering!,
  };
}
