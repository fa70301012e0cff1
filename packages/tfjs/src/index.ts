export { tfjsEngine } from "./engine.ts";
export { type Forms, formsOf, type TfjsRuntimeId } from "./model/forms.ts";
export type { TfjsModel } from "./model/model.ts";
export { storeModel } from "./model/stored-model.ts";
export type { ProfiledRun, Tfjs, TfjsBinding } from "./session/binding.ts";
