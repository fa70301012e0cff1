export { withOperator, withoutBias, withVersion } from "./plant.ts";
