export type { ProfiledRun, Tfjs, TfjsBinding } from "./binding.ts";
export { tfjsEngine } from "./engine.ts";
export { type Forms, formsOf, type TfjsRuntimeId } from "./forms.ts";
export type { TfjsModel } from "./model.ts";
