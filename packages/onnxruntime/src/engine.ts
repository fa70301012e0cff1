import { type Engine, requirePrecision } from "@sebench/runtime";
import type { Binding } from "./binding.ts";
import { requireLayout } from "./layout.ts";
import { encodeModel, type OnnxModel } from "./model.ts";
import { ProfiledOnnxSession } from "./profiled-session.ts";
import { OnnxSession } from "./session.ts";

export function onnxEngine(binding: Binding): Engine<OnnxModel> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      requireLayout(binding, network);
      return encodeModel(network, options);
    },
    prepare: (model) => OnnxSession.create(binding, model),
    prepareProfiled: (model) => ProfiledOnnxSession.create(binding, model),
    // The library lives as long as its process or page.
    async [Symbol.asyncDispose]() {},
  };
}
