export { describeKernels, type KernelSubject } from "./describe-kernels.ts";
