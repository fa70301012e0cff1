import { describe, expect, it } from "vitest";
import { explainWebgpuFailure, type WebgpuCircumstances } from "./webgpu.ts";

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
const machine: WebgpuCircumstances = {
  vulkan: true,
  loader: "1.3.239",
  choice: { manifests: ["/usr/share/vulkan/icd.d/intel_icd.json"], by: "gpu" },
  swiftShaders: [swiftShader],
};

// The messages are those of onnxruntime-node 1.30.
const noAdapter =
  "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n";
const tooLarge =
  "Non-zero status code returned while running Conv node. Name:'stem/conv1_token_2' Status Message: /onnxruntime_src/onnxruntime/core/providers/webgpu/shader_helper.cc:306 onnxruntime::webgpu::ShaderVariableHelper& onnxruntime::webgpu::ShaderHelper::AddVariableImpl(bool, const std::string&, onnxruntime::webgpu::ShaderUsage, const onnxruntime::TensorShape&, uint32_t) numbers_storage_buffers_ <= limits_.maxStorageBuffersPerShaderStage was false. Too many storage buffers in shader. Current: 13, Max is 12\n";
const noPipeline =
  "Non-zero status code returned while running Conv node. Name:'stage3/block0/trunk/conv2_token_46' Status Message: Failed to create a WebGPU compute pipeline: [Invalid ShaderModule \"Conv2dMM\"] is invalid due to a previous error.\n - While validating compute stage";
const outOfMemory =
  "vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer([BufferDescriptor]).";

describe("without an adapter", () => {
  it("names the drivers that were refused, and one in software", () => {
    expect(explainWebgpuFailure(noAdapter, machine)).toEqual({
      reason: "WebGPU accepts no device of these Vulkan drivers: intel_icd.json",
      remedy: `update the GPU's driver, or set VK_ICD_FILENAMES=${swiftShader} for one in software`,
    });
  });

  it("asks for another choice where a person made it", () => {
    const choice = { manifests: ["/lvp_icd.json"], by: "environment" } as const;
    expect(explainWebgpuFailure(noAdapter, { ...machine, choice })?.remedy).toContain("unset it");
  });

  it("names the lack of a loader", () => {
    expect(explainWebgpuFailure(noAdapter, { ...machine, loader: null })).toEqual({
      reason: "the system has no Vulkan loader, libvulkan.so.1",
      remedy: "run apt-get install libvulkan1, or pnpm bench doctor --fix",
    });
  });

  it("names the lack of a driver", () => {
    const choice = { manifests: [], by: "loader" } as const;
    const told = explainWebgpuFailure(noAdapter, { ...machine, choice, swiftShaders: [] });
    expect(told?.reason).toBe("no Vulkan driver was found");
    expect(told?.remedy).toContain("doctor --fix");
  });
});

describe("at work", () => {
  it.each([
    [tooLarge, "a tensor is too large for the GPU: Too many storage buffers in shader"],
    [noPipeline, "a tensor is too large for the GPU: Failed to create a WebGPU compute pipeline"],
    [outOfMemory, "the GPU is out of memory: vkAllocateMemory failed"],
  ])("tells that the memory does not do: %#", (message, reason) => {
    const told = explainWebgpuFailure(message, machine);
    expect(told?.reason).toContain(reason);
    expect(told?.reason).not.toContain("\n");
    expect(told?.remedy).toContain("--batch");
  });

  it("tells that the driver has no halves, in the words of no source file", () => {
    const noHalves =
      "/onnxruntime_src/onnxruntime/core/providers/webgpu/shader_helper.cc:416 GenerateSourceCode Program Transpose requires f16 but the device does not support it.\n";
    expect(explainWebgpuFailure(noHalves, machine)).toEqual({
      reason: "the GPU's driver has no 16-bit floats in its shaders",
      remedy: expect.stringContaining("--precision fp32"),
    });
  });

  it("leaves alone what it does not know", () => {
    expect(explainWebgpuFailure("Protobuf parsing failed.", machine)).toBeNull();
  });
});
