export { readResults as readRun } from "@sebench/results";
