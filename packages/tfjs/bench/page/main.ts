import type { Device } from "@sebench/runtime";
import type { TfjsBinding } from "../../src/index.ts";
// The package is imported by its path, since `runtime-tfjs-web` depends on this package.
import { webBinding } from "../../../runtime-tfjs-web/src/binding.ts";
import { PageTfjs } from "../../../runtime-tfjs-web/src/binding.ts";
import { deviceName } from "../device-name.ts";
import { type FormFigures, measureForms } from "../measure-forms.ts";

export type WebDevice = Extract<Device, "cpu" | "wasm" | "webgl" | "webgpu">;

/** The functions that the page offers to the process that opens it. */
export interface FormsPage {
  /** Opens a device and returns its name. Rejects if the device cannot be had. */
  open(device: WebDevice): Promise<string>;
  measure(): Promise<void>;
}

/** The functions that the process offers to the page. */
interface FormsProcess {
  reportFigures(figures: FormFigures): Promise<void>;
}

let binding: TfjsBinding;

const formsPage: FormsPage = {
  async open(device) {
    const runtime = { id: `tfjs-web/${device}`, precisions: ["fp32"] } as const;
    const options = { threads: null, assetsUrl: "/tfjs/" };
    binding = webBinding(runtime, device, new PageTfjs(), options);
    return deviceName(binding);
  },
  measure() {
    const process = globalThis as unknown as FormsProcess;
    return measureForms(binding, (figures) => process.reportFigures(figures));
  },
};

Object.assign(globalThis, { formsPage });
