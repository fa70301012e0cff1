import { mappedLibraries, stemOf } from "@sebench/hardware";

/** What TensorFlow 2.9.1, built for CUDA 11.2 and cuDNN 8.1, opens to find GPUs. */
const needed = [
  "libcuda.so.1",
  "libcudart.so.11.0",
  "libcublas.so.11",
  "libcublasLt.so.11",
  "libcufft.so.10",
  "libcurand.so.10",
  "libcusolver.so.11",
  "libcusparse.so.11",
  "libcudnn.so.8",
];

/** NVIDIA's libraries in this process. */
export interface CudaLibraries {
  /** Names of the files, which hold the versions: `libcudart.so.11.2.152`. */
  readonly loaded: readonly string[];
  /** As TensorFlow asks for them: `libcudnn.so.8`. */
  readonly missing: readonly string[];
}

/** Null where the system does not tell, as on any but Linux. */
export async function findCudaLibraries(): Promise<CudaLibraries | null> {
  const mapped = await mappedLibraries();
  return mapped && sortOut(mapped);
}

export function sortOut(mapped: readonly string[]): CudaLibraries {
  const has = (files: readonly string[], name: string) =>
    files.some((file) => stemOf(file) === stemOf(name));
  return {
    loaded: mapped.filter((file) => has(needed, file)),
    missing: needed.filter((name) => !has(mapped, name)),
  };
}
