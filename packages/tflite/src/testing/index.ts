export { withLength, withOperator, withoutBias, withVersion } from "./plant.ts";
