import { type Engine, requirePrecision } from "@sebench/runtime";
import { encodeModel, type TfjsModel } from "./model/model.ts";
import type { TfjsBinding } from "./session/binding.ts";
import { ProfiledTfjsSession } from "./session/profiled-session.ts";
import { TfjsSession } from "./session/session.ts";

export function tfjsEngine(binding: TfjsBinding): Engine<TfjsModel> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      return encodeModel(network, options, binding.forms);
    },
    prepare: (model) => TfjsSession.create(binding, model),
    prepareProfiled: (model) => ProfiledTfjsSession.create(binding, model),
    // The library stays until its process or page ends.
    async [Symbol.asyncDispose]() {},
  };
}
