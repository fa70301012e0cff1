import { describe, expect, it } from "vitest";
import { explainNvidiaFailure, type NvidiaCircumstances } from "./failure.ts";
import { parseLdd } from "./linked-libraries.ts";

/** The output of `ldd` for the CUDA provider of onnxruntime 1.29 on a machine with no more of CUDA than its runtime. */
const ldd = `	linux-vdso.so.1 (0x00007f4a26c98000)
	libcublasLt.so.13 => not found
	libcublas.so.13 => not found
	libcurand.so.10 => not found
	libcudart.so.13 => /usr/local/cuda-13.0/lib/libcudart.so.13 (0x00007f4a18a00000)
	libcuda.so.1 => /usr/lib/x86_64-linux-gnu/libcuda.so.1 (0x00007f4a19a00000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f4a1881e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f4a26c9a000)
`;

const complete = parseLdd(ldd.replaceAll("not found", "/usr/lib/found (0x0)"));
const gpu: NvidiaCircumstances = {
  provider: "CUDA",
  supported: true,
  hasGpu: true,
  linked: complete,
};

// The messages are onnxruntime-node's, the first recorded from 1.30 and the second from 1.29.
const notLoaded = "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library";
const oldDriver =
  "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true] CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; hostname=secret ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_execution_provider.cc ; line=345 ; expr=cudaSetDevice(info_.device_id); \n\n";
const noDevice = oldDriver.replace(
  /failure 35: [^;]+;/,
  "failure 100: no CUDA-capable device is detected ;",
);
const noCudnn =
  "Non-zero status code returned while running Conv node. Name:'conv' Status Message: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_kernel.h:272 static cudnnContext* onnxruntime::cuda::CudaKernel::RequireCudnnHandle(cudnnHandle_t) [ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : cuDNN is unavailable or disabled for CUDA Execution Provider: dlopen failed for libcudnn.so.9: libcudnn.so.9: cannot open shared object file: No such file or directory";
const outOfMemory =
  "Non-zero status code returned while running Conv node. Name:'conv' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 2147483648\n";

describe("a provider that does not load", () => {
  it("names the lack of a GPU first, as nothing else would help", () => {
    const told = explainNvidiaFailure(notLoaded, { ...gpu, hasGpu: false, linked: null });
    expect(told?.reason).toBe("nvidia-smi lists no NVIDIA GPU");
    expect(told?.remedy).toContain("--gpus all");
  });

  it("says that its own library is not there, and how to fetch it", () => {
    expect(explainNvidiaFailure(notLoaded, { ...gpu, linked: null })).toEqual({
      reason: "onnxruntime's libraries for CUDA are not there",
      remedy: "run pnpm bench doctor --fix",
    });
  });

  it("names CUDA's libraries that the system lacks, and their packages", () => {
    expect(explainNvidiaFailure(notLoaded, { ...gpu, linked: parseLdd(ldd) })).toEqual({
      reason:
        "onnxruntime's library for CUDA needs libcublasLt.so.13, libcublas.so.13, libcurand.so.10, which the system lacks",
      remedy: expect.stringContaining("apt-get install cuda-libraries-13-0 libcudnn9-cuda-13 "),
    });
  });

  it("asks for the CUDA that it was built for", () => {
    const linked = parseLdd(ldd.replaceAll(".so.13", ".so.12"));
    const told = explainNvidiaFailure(notLoaded, { ...gpu, linked });
    expect(told?.remedy).toContain("apt-get install cuda-libraries-12-9 libcudnn9-cuda-12 ");
  });

  it("names the packages of TensorRT alone where CUDA is there", () => {
    const missing = ["libnvinfer.so.10", "libnvonnxparser.so.10"];
    const linked = { found: complete.found, missing };
    const told = explainNvidiaFailure(notLoaded, { ...gpu, provider: "TensorRT", linked });
    expect(told?.reason).toContain("libnvinfer.so.10, libnvonnxparser.so.10");
    expect(told?.remedy).toContain(
      "apt-get install libnvinfer10 libnvinfer-plugin10 libnvonnxparsers10 libcudnn9-cuda-13 ",
    );
  });

  it("asks for the driver where that is what is missing", () => {
    const linked = { found: [], missing: ["libcuda.so.1", "libcudart.so.13"] };
    expect(explainNvidiaFailure(notLoaded, { ...gpu, linked })?.remedy).toContain("driver");
  });

  it("says where onnxruntime-node has it at all", () => {
    const told = explainNvidiaFailure(notLoaded, { ...gpu, supported: false });
    expect(told?.reason).toContain("Linux x64 only");
  });
});

describe("a provider that fails", () => {
  it("tells what CUDA said, without the machine's name", () => {
    expect(explainNvidiaFailure(oldDriver, gpu)).toEqual({
      reason:
        "CUDA failed: CUDA driver version is insufficient for CUDA runtime version (error 35)",
      remedy: "install NVIDIA's driver 580 or later",
    });
  });

  it("tells that it finds no GPU", () => {
    const told = explainNvidiaFailure(noDevice, gpu);
    expect(told?.reason).toBe("CUDA failed: no CUDA-capable device is detected (error 100)");
    expect(told?.remedy).toContain("NVIDIA GPU");
  });

  it("tells that cuDNN is missing, which only a convolution shows", () => {
    expect(explainNvidiaFailure(noCudnn, gpu)).toEqual({
      reason: "convolutions on CUDA need cuDNN, which the system lacks",
      remedy: expect.stringContaining("apt-get install libcudnn9-cuda-13 "),
    });
  });

  it.each([
    outOfMemory,
    oldDriver.replace(/failure 35: [^;]+;/, "failure 2: out of memory ;"),
    oldDriver.replace(/CUDA failure 35: [^;]+;/, "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ;"),
  ])("tells that the memory ran out", (message) => {
    const told = explainNvidiaFailure(message, gpu);
    expect(told?.reason).toMatch(/^the GPU is out of memory/);
    expect(told?.remedy).toContain("--batch");
  });

  it("leaves alone what is no failure of NVIDIA's", () => {
    expect(explainNvidiaFailure("Protobuf parsing failed.", gpu)).toBeNull();
  });
});
