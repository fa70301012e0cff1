export * from "./shape.ts";
export * from "./tensor.ts";
export * from "./op.ts";
export * from "./network.ts";
export * from "./input-error.ts";
