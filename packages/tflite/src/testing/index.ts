export { withOperator, withoutBias } from "./plant.ts";
