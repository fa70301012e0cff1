export { type SolidColour, solidColours, solidImage, writeSolidColours } from "./solid-colours.ts";
