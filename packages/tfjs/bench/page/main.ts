import type { Device } from "@sebench/runtime";
import { webBinding } from "../../../runtime-tfjs-web/src/binding.ts";
import { PageTfjs } from "../../../runtime-tfjs-web/src/page-tfjs.ts";
import type { TfjsBinding } from "../../src/binding.ts";
import { deviceName } from "../device-name.ts";
import { type FormFigures, measureForms } from "../measure-forms.ts";

// By their paths: as a dependency it would be one of this package on its own dependent.

export type WebDevice = Extract<Device, "cpu" | "wasm" | "webgl" | "webgpu">;

/** What the page offers to the process that opens it. */
export interface FormsPage {
  /** Gives the device's name; rejects where it cannot be had. */
  open(device: WebDevice): Promise<string>;
  measure(): Promise<void>;
}

/** What the process offers to the page. */
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
