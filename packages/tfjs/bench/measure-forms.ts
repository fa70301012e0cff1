import { relativeError } from "@sebench/reference/testing";
import type { Session, StagedInput } from "@sebench/runtime";
import { elementCount, inputShape, type Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { tfjsEngine, type TfjsBinding } from "../src/index.ts";
import { choices, type FormCase, formCases, type FormKind } from "./form-cases.ts";

/** The times of one case's forms, in ms for each repeat. */
export interface FormFigures {
  readonly kind: FormKind;
  readonly name: string;
  readonly forms: readonly {
    readonly form: string;
    readonly min: number;
    readonly median: number;
  }[];
  readonly rounds: number;
}

/** The limits at which a case ends, in rounds of each form or in ms. */
const limits = { rounds: 30, leastRounds: 3, ms: 15_000 };

/** Runs every form of every case on a backend, the forms of a case in turns. */
export async function measureForms(
  binding: TfjsBinding,
  report: (figures: FormFigures) => void | Promise<void>,
): Promise<void> {
  const availability = await binding.probe();
  const software = availability.ok && availability.software;
  for (const each of formCases(software)) await report(await measureCase(binding, each));
}

async function measureCase(binding: TfjsBinding, of: FormCase): Promise<FormFigures> {
  const { kind, name, network, repeats } = of;
  const contenders = [];
  for (const form of choices[kind]) {
    const session = await open({ ...binding, forms: { ...binding.forms, [kind]: form } }, network);
    const staged = await session.stage(imagesOf(network));
    // The first run compiles.
    const logits = await session.run(staged);
    contenders.push({ form, session, staged, logits, times: [] as number[] });
  }
  for (const { form, logits } of contenders) {
    const error = relativeError(logits, contenders[0]!.logits);
    if (!(error < 1e-4)) throw new Error(`${form} differs by ${error} on ${name}`);
  }
  const end = performance.now() + limits.ms;
  let rounds = 0;
  while (rounds < limits.leastRounds || (rounds < limits.rounds && performance.now() < end)) {
    for (const each of contenders) each.times.push((await time(each)) / repeats);
    rounds++;
  }
  for (const { session } of contenders) await session[Symbol.asyncDispose]();
  const forms = contenders.map(({ form, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { form, min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
  });
  return { kind, name, forms, rounds };
}

async function open(binding: TfjsBinding, network: Network): Promise<Session> {
  const engine = tfjsEngine(binding);
  const options = { batch: 1, precision: "fp32" } as const;
  const lowered = { network, weights: seededWeights(network, 1), lowering: "gemm" } as const;
  return engine.prepare(await engine.encode(lowered, options), options);
}

function imagesOf(network: Network) {
  const shape = [1, ...inputShape(network)];
  const data = Float32Array.from({ length: elementCount(shape) }, (_, at) => Math.sin(at * at));
  return { shape, data };
}

async function time(of: { session: Session; staged: StagedInput }): Promise<number> {
  const start = performance.now();
  await of.session.run(of.staged);
  return performance.now() - start;
}
