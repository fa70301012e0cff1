/**
 * This program for tests writes a small case, and then one that is larger than the
 * file size that its shell allows, as if a disk filled up.
 */
import { openStore } from "../run/result-store.ts";
import { failedCase, okCase, sampleHeader } from "./sample-run.ts";

const store = await openStore(process.argv[2]!, sampleHeader);
await store.append(failedCase("se-resnet18"));
try {
  await store.append(okCase([[Array.from({ length: 100_000 }, (_, run) => run)]]));
} catch (error) {
  const { name, message, remedy } = error as Error & { remedy: string | null };
  console.log(JSON.stringify({ name, message, remedy }));
}
