export { listNvidiaGpus } from "@sebench/gpu";
