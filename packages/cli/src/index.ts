export { interruptible } from "./interruptible.ts";
export { type NumberRange, readNumber, readNumbers } from "./number-option.ts";
export { errorLines, runCli } from "./run-cli.ts";
export { say } from "./say.ts";
export { readShard, type Shard, takeShard } from "./shard.ts";
