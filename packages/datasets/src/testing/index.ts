export { bitPng } from "./bit-png.ts";
export { type SolidColour, solidColours, solidImage, writeSolidColours } from "./solid-colours.ts";
