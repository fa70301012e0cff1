import { testBackends } from "../testing/backend.ts";
import { testBinding } from "../testing/binding.ts";
import { describeKernels } from "../testing/describe-kernels.ts";

for (const name of testBackends) {
  describeKernels({ name, binding: testBinding(name), pads: ["pool", "pad"] });
}
