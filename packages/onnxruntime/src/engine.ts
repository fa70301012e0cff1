import type { Engine } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Binding } from "./binding.ts";
import { encodeModel, type OnnxModel } from "./model.ts";
import { OnnxSession } from "./session.ts";

export function onnxEngine(binding: Binding): Engine<OnnxModel> {
  const { id, precisions } = binding.runtime;
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      if (!precisions.includes(options.precision)) {
        throw new InputError(`${id} does not run ${options.precision}`, {
          remedy: `give --precision ${precisions.join(" or ")}`,
        });
      }
      return encodeModel(network, options);
    },
    prepare: (model) => OnnxSession.create(binding, model),
    // The library lives as long as its process or page.
    async [Symbol.asyncDispose]() {},
  };
}
