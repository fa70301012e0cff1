import {
  defaultSeed,
  describeExplanation,
  explainByDifferences,
  explainOn,
  type FedModel,
  feedModels,
  lackOfKernels,
  type RunOptions,
  withTunings,
} from "@sebench/bench";
import { say } from "@sebench/cli";
import {
  type DifferencesRecord,
  type ExplanationRecord,
  replaceFile,
  requireWritableFile,
  writeDifferences,
  writeExplanation,
} from "@sebench/results";
import { InputError } from "@sebench/spec";
import { type ExplainFlags, readExplainOptions } from "../flags/study-flags.ts";
import { caseProgress } from "../words/progress.ts";
import { runStudy } from "./run-study.ts";

/** Takes the overhead of one case apart, reports, and gives the exit code. */
export async function explain(flags: ExplainFlags): Promise<number> {
  const options = await withTunings(readExplainOptions(flags));
  const lack = lackOfKernels(options.targets[0]!.runtime);
  if (lack !== null) refuseKernelFiles(flags, lack);
  await requireJsonFile("--trace", flags.trace);
  await requireJsonFile("--node-data", flags.nodeData);
  await using fed = await feedModels(options.models, options.seed ?? defaultSeed, say);
  const [model = null] = fed.models;
  if (lack !== null) return await explainDifferences(options, model, flags);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const report = await import("@sebench/report");
  // The model's files must be there until the study has ended.
  return await runStudy<ExplanationRecord>(
    {
      name: "explanation",
      options,
      async look({ target, host, answering }, started, signal) {
        const explained = await explainOn(options, target, host, model, {
          signal,
          onProgress: caseProgress(),
        });
        return describeExplanation(explained, answering, started);
      },
      async write(folder, record) {
        await writeExplanation(folder, record);
        await writeText(flags.trace, () => report.explanationTrace(record));
        await writeText(flags.nodeData, () => report.explanationNodeData(record));
      },
      async forms() {
        return {
          markdown: report.explanationMarkdown,
          html: report.explanationHtml,
          table: report.explanationTable,
        };
      },
    },
    flags,
  );
}

/** Takes the overhead apart by leaving steps of SE out, where the engine tells of no kernels. */
async function explainDifferences(
  options: RunOptions,
  model: FedModel | null,
  flags: ExplainFlags,
): Promise<number> {
  return await runStudy<DifferencesRecord>(
    {
      name: "explanation",
      options,
      look: (subject, started, signal) =>
        explainByDifferences(options, subject, model, { signal, started }),
      write: writeDifferences,
      async forms() {
        const report = await import("@sebench/report");
        return {
          markdown: report.differencesMarkdown,
          html: report.differencesHtml,
          table: report.differencesTable,
        };
      },
    },
    flags,
  );
}

/** Throws an `InputError` for a file of kernels' times, where there are none to write. */
function refuseKernelFiles({ trace, nodeData }: ExplainFlags, lack: string): void {
  const flag = trace === undefined ? "--node-data" : "--trace";
  if (trace === undefined && nodeData === undefined) return;
  throw new InputError(`${lack}, so there is nothing to write to the file of ${flag}`, {
    remedy: `leave ${flag} out, or give --runtime onnxruntime-web/wasm`,
  });
}

/**
 * Throws an `InputError` for a file that cannot be written, or whose name viewers do not take for
 * JSON, before anything is measured.
 */
async function requireJsonFile(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  if (!path.endsWith(".json")) {
    throw new InputError(`${flag} ${path} is no .json file`, {
      remedy: `name one, such as ${flag} ${flag.slice(2)}.json`,
    });
  }
  await requireWritableFile(path, flag);
}

async function writeText(path: string | undefined, content: () => string): Promise<void> {
  if (path === undefined) return;
  await replaceFile(path, content());
  say(path);
}
