/** Whether onnxruntime-node has kernels on blocked maps: always on x64, else in few builds. */
export const hasBlocks = process.arch === "x64";
