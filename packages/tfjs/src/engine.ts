import { type Engine, requirePrecision } from "@sebench/runtime";
import type { TfjsBinding } from "./binding.ts";
import { encodeModel, type TfjsModel } from "./model.ts";
import { ProfiledTfjsSession } from "./profiled-session.ts";
import { TfjsSession } from "./session.ts";

export function tfjsEngine(binding: TfjsBinding): Engine<TfjsModel> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      return encodeModel(network, options, binding.forms);
    },
    prepare: (model) => TfjsSession.create(binding, model),
    prepareProfiled: (model) => ProfiledTfjsSession.create(binding, model),
    // The library lives as long as its process or page.
    async [Symbol.asyncDispose]() {},
  };
}
