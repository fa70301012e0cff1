import { lower } from "@sebench/lowering";
import {
  type Entrant,
  explainCase,
  loweredEntrants,
  measureMembers,
  type MeasureObserver,
  measureRoofline,
  type Member,
  proveMembers,
  runRace,
  type RunInputs,
  type SoakObserver,
  soakSession,
} from "@sebench/measure";
import type { ReadImages } from "@sebench/datasets";
import type {
  BuiltMember,
  BuiltModel,
  ImageRange,
  ImageSet,
  ModelDescription,
  ModelFileDescription,
} from "@sebench/pairs";
import {
  type EncodedModel,
  type Engine,
  type EngineOptions,
  type ModelFile,
  type NamedTensor,
  openModels,
  type RuntimeId,
  type SessionOptions,
} from "@sebench/runtime";
import { InputError, type Tensor } from "@sebench/spec";
import { inferImages } from "./infer.ts";
import type { AnswerTo, EngineJob, JobProgress, LabelledJob } from "./job.ts";
import type {
  CaseMembers,
  FileMembers,
  MeasuredForm,
  NetworkMember,
  NetworkMembers,
} from "./members.ts";
import { nodeValues } from "./nodes.ts";

/**
 * The source of a job's networks and images. A process builds them itself, and a page fetches them
 * from the server that it came from.
 */
export interface Supply {
  /** Gives a model with SE in canonical form, nothing folded. */
  model(model: ModelDescription): Promise<BuiltModel>;
  /** Gives images `[count, channels, imageSize, imageSize]`. */
  images(images: ImageSet, imageSize: number): Promise<Tensor>;
  /** Gives those images of a range that can be read, with their labels. */
  labelled(range: ImageRange): Promise<ReadImages>;
  /** Gives a model's file for an engine that loads it as it is. */
  file(file: ModelFileDescription): Promise<ModelFile>;
  /** Gives a model's file as a network, for an engine that loads no ONNX. */
  imported(file: ModelFileDescription): Promise<BuiltMember>;
  /** Gives the inputs of each run, which lie at a path. */
  inputs(path: string): Promise<readonly (readonly NamedTensor[])[]>;
}

/** An observer that is told of a job while it runs, and that watches the machine meanwhile. */
export interface JobObserver
  extends Pick<MeasureObserver, "conditions" | "now">, Pick<SoakObserver, "memory"> {
  /** Takes what is done before anything is timed, in words for a person. */
  say(words: string): Promise<void> | void;
  onProgress(progress: JobProgress): Promise<void> | void;
}

/** What a job is answered with. */
export interface Place {
  readonly engine: Engine;
  readonly supply: Supply;
  readonly observer: JobObserver;
}

type Of<Kind extends EngineJob["kind"]> = Extract<EngineJob, { readonly kind: Kind }>;

/** The functions that answer jobs, one for each kind. A process and a page use the same ones. */
const answers: {
  readonly [Kind in EngineJob["kind"]]: (
    job: Of<Kind>,
    place: Place,
  ) => Promise<AnswerTo<Of<Kind>>>;
} = {
  probe: (_job, { engine }) => engine.probe(),

  async measure({ members, measure, labelled }, place) {
    const { engine, supply, observer } = place;
    const { models, inputs } = await encodeMembers(members, measure, place);
    const watching = { ...observer, ...(labelled && labelledImages(labelled, members, supply)) };
    return measureMembers(engine, models, inputs, measure, watching);
  },

  async prove({ members, measure }, place) {
    const { models, inputs } = await encodeMembers(members, measure, place);
    const { onProgress } = place.observer;
    return proveMembers(place.engine, models, inputs, measure, { onProgress });
  },

  async explain({ members, measure }, place) {
    const { models, inputs } = await encodeMembers(members, measure, place);
    const [plain, se] = models;
    if (plain === undefined || se === undefined) {
      throw new InputError("a member alone has no overhead to explain");
    }
    const { onProgress } = place.observer;
    return explainCase(place.engine, { plain, se }, inputs, measure, { onProgress });
  },

  async infer({ models, images, options }, place) {
    const { engine, supply, observer } = place;
    const asked: { classes: number; encode: () => Promise<EncodedModel> }[] = [];
    for (const model of models) {
      if ("file" in model) {
        const { file, classes } = model;
        asked.push({ classes, encode: () => encodeFile(file, options, place) });
        continue;
      }
      const { network, weights, classes } = await supply.model(model);
      const encode = () => engine.encode(lower(network, weights, "conv1x1"), options);
      asked.push({ classes, encode });
    }
    const group = await openModels(
      engine,
      asked.map(({ encode }) => encode),
      options,
    );
    try {
      return await inferImages(group, asked, images, options, {
        read: (range) => supply.labelled(range),
        onImages: (done, total) => observer.onProgress({ phase: "images", done, total }),
      });
    } finally {
      await group[Symbol.asyncDispose]();
    }
  },

  roofline: ({ request }, { engine }) => measureRoofline(engine, request),

  async soak({ members, soak }, place) {
    const { engine, observer } = place;
    const { models, inputs } =
      members.kind === "files"
        ? await encodeFiles(members, soak, place)
        : await encodeMember(members, soak, place);
    return soakSession(engine, models[0]!, inputs, soak, {
      ...observer,
      onRuns: (done, total) => observer.onProgress({ phase: "soak", done, total }),
    });
  },

  async nodes({ members, nodes }, { engine, supply }) {
    if (members.kind === "files") {
      const { network, weights } = await supply.imported(members.files[0]!);
      const lowered = lower(network, weights, "conv1x1", nodes);
      return nodeValues(engine, lowered, await supply.inputs(members.inputs), nodes);
    }
    const { pair, member, lowering } = members;
    const { network, weights } = await supply.model(modelOf(pair, member));
    const images = await supply.images(pair.images, pair.imageSize);
    return nodeValues(engine, lower(network, weights, lowering, nodes), images, nodes);
  },

  async race({ members, race }, place) {
    const { engine, supply } = place;
    if (members.kind === "files") {
      const entrants = members.files.map((file, at): Entrant => {
        const compared = at > 0 || !members.isTwinFirst;
        return { compared, encode: () => encodeFile(file, race, place) };
      });
      return runRace(engine, entrants, await supply.inputs(members.inputs), race);
    }
    const { pair, entrants } = members;
    const images = await supply.images(pair.images, pair.imageSize);
    const lowered = loweredEntrants(engine, entrants, race, (member) =>
      supply.model(modelOf(pair, member)),
    );
    return runRace(engine, lowered, images, race);
  },
};

/** Loads an engine, before it is asked whether it can run. */
export type LoadEngine = (runtime: RuntimeId, options: EngineOptions) => Promise<Engine>;

/**
 * Loads a job's engine, starts it, and answers the job. The engine starts first, so that no
 * network's preparing pays for the start. Throws an `InputError` where the engine is not available.
 */
export async function answerOnEngine<Asked extends EngineJob>(
  job: Asked,
  load: LoadEngine,
  { supply, observer }: Omit<Place, "engine">,
): Promise<AnswerTo<Asked>> {
  await observer.say("starting the engine");
  const engine = await load(job.runtime, job.engine);
  try {
    if (job.kind !== "probe") await start(engine);
    const answer = answers[job.kind] as (job: Asked, place: Place) => Promise<AnswerTo<Asked>>;
    return await answer(job, { engine, supply, observer });
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

async function start(engine: Engine): Promise<void> {
  const availability = await engine.probe();
  if (availability.ok) return;
  throw new InputError(availability.reason, { remedy: availability.remedy });
}

/** The models of members in their order, and the inputs that their runs are given. */
interface EncodedMembers {
  readonly models: readonly EncodedModel[];
  readonly inputs: RunInputs;
}

function encodeMembers(
  members: CaseMembers,
  options: SessionOptions,
  place: Place,
): Promise<EncodedMembers> {
  return members.kind === "files"
    ? encodeFiles(members, options, place)
    : encodeNetworks(members, options, place);
}

async function encodeFiles(
  { files, inputs }: FileMembers,
  options: SessionOptions,
  place: Place,
): Promise<EncodedMembers> {
  const models: EncodedModel[] = [];
  for (const file of files) models.push(await encodeFile(file, options, place));
  return { models, inputs: await place.supply.inputs(inputs) };
}

/** The model of a file: the file itself, or its network where the engine loads no files of its format. */
async function encodeFile(
  file: ModelFileDescription,
  options: SessionOptions,
  { engine, supply }: Pick<Place, "engine" | "supply">,
): Promise<EncodedModel> {
  const { takeFile, fileFormat = "onnx" } = engine;
  if (takeFile && fileFormat === (file.format ?? "onnx")) return takeFile(await supply.file(file));
  const { network, weights } = await supply.imported(file);
  return engine.encode(lower(network, weights, "conv1x1", options), options);
}

async function encodeNetworks(
  { pair, forms }: NetworkMembers,
  options: SessionOptions,
  { engine, supply, observer }: Place,
): Promise<EncodedMembers> {
  const read = async (member: Member) => {
    await observer.say(`encoding the ${member} network`);
    return supply.model(modelOf(pair, member));
  };
  const encode = ({ network, weights }: BuiltModel, { lowering, ranges }: MeasuredForm) =>
    engine.encode(lower(network, weights, lowering, options), {
      ...options,
      ...(ranges && { ranges }),
    });
  const models = [await encode(await read("plain"), forms[0]!)];
  const se = await read("se");
  for (const form of forms) models.push(await encode(se, form));
  return { models, inputs: await supply.images(pair.images, pair.imageSize) };
}

async function encodeMember(
  { pair, member, lowering }: NetworkMember,
  options: SessionOptions,
  { engine, supply }: Place,
): Promise<EncodedMembers> {
  const { network, weights } = await supply.model(modelOf(pair, member));
  const model = await engine.encode(lower(network, weights, lowering, options), options);
  return { models: [model], inputs: await supply.images(pair.images, pair.imageSize) };
}

/** The labelled images of a network, which are loaded once it is timed. */
function labelledImages(
  labelled: LabelledJob,
  members: CaseMembers,
  supply: Supply,
): Pick<MeasureObserver, "labelled"> {
  if (members.kind === "files") throw new InputError("a model's file has no labelled images here");
  const { imageSize } = members.pair;
  const load = () => supply.images(labelled.images, imageSize);
  return { labelled: { ...labelled, load } };
}

/** The model of a member whose gates are not changed, with its logits as output. */
function modelOf(pair: ModelDescription["pair"], member: Member): ModelDescription {
  return { pair, member, output: "logits", fixedGates: {} };
}
