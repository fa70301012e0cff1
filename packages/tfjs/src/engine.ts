import type { Engine } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { TfjsBinding } from "./binding.ts";
import { encodeModel, type TfjsModel } from "./model.ts";
import { TfjsSession } from "./session.ts";

export function tfjsEngine(binding: TfjsBinding): Engine<TfjsModel> {
  const { id, precisions } = binding.runtime;
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      if (!precisions.includes(options.precision)) {
        throw new InputError(`${id} does not run ${options.precision}`, {
          remedy: `give --precision ${precisions.join(" or ")}`,
        });
      }
      return encodeModel(network, options, binding.forms);
    },
    prepare: (model) => TfjsSession.create(binding, model),
    // The library lives as long as its process or page.
    async [Symbol.asyncDispose]() {},
  };
}
