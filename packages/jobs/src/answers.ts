import { lower } from "@sebench/lowering";
import {
  type EncodedForms,
  explainCase,
  loweredEntrants,
  type MeasureObserver,
  measureForms,
  measureRoofline,
  type Member,
  proveForms,
  runRace,
  type SoakObserver,
  soakSession,
} from "@sebench/measure";
import type { ReadImages } from "@sebench/datasets";
import type { BuiltModel, ImageRange, ImageSet, ModelDescription } from "@sebench/pairs";
import {
  type EncodedModel,
  type Engine,
  type EngineOptions,
  openModels,
  type RuntimeId,
} from "@sebench/runtime";
import { InputError, type Tensor } from "@sebench/spec";
import { inferImages } from "./infer.ts";
import type { AnswerTo, EngineJob, JobProgress, MeasuredForm, ProveJob } from "./job.ts";

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
}

/** An observer that is told of a job while it runs, and that watches the machine meanwhile. */
export interface JobObserver
  extends Pick<MeasureObserver, "conditions">, Pick<SoakObserver, "memory"> {
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

  async measure(job, { engine, supply, observer }) {
    const { pair, labelled } = job;
    const models = await encodeForms(job, { engine, supply, observer });
    const images = await supply.images(pair.images, pair.imageSize);
    const load = () => supply.images(labelled!.images, pair.imageSize);
    return measureForms(engine, models, images, job.measure, {
      ...observer,
      ...(labelled && { labelled: { ...labelled, load } }),
    });
  },

  async prove(job, { engine, supply, observer }) {
    const { pair, measure } = job;
    const models = await encodeForms(job, { engine, supply, observer });
    const images = await supply.images(pair.images, pair.imageSize);
    return proveForms(engine, models, images, measure, { onProgress: observer.onProgress });
  },

  async explain(job, { engine, supply, observer }) {
    const asked = { ...job, forms: [job.form] };
    const { plain, forms } = await encodeForms(asked, { engine, supply, observer });
    const images = await supply.images(job.pair.images, job.pair.imageSize);
    const { onProgress } = observer;
    return explainCase(engine, { plain, se: forms[0]! }, images, job.measure, { onProgress });
  },

  async infer({ models, images, options }, { engine, supply, observer }) {
    const built = [];
    for (const model of models) built.push(await supply.model(model));
    const lowered = built.map(({ network, weights }) => lower(network, weights, "conv1x1"));
    const group = await openModels(engine, lowered, options);
    try {
      return await inferImages(group, built, images, options, {
        read: (range) => supply.labelled(range),
        onImages: (done, total) => observer.onProgress({ phase: "images", done, total }),
      });
    } finally {
      await group[Symbol.asyncDispose]();
    }
  },

  roofline: ({ request }, { engine }) => measureRoofline(engine, request),

  async soak({ pair, member, lowering, soak }, { engine, supply, observer }) {
    const { network, weights } = await supply.model(modelOf(pair, member));
    const model = await engine.encode(lower(network, weights, lowering, soak), soak);
    const images = await supply.images(pair.images, pair.imageSize);
    return soakSession(engine, model, images, soak, {
      ...observer,
      onRuns: (done, total) => observer.onProgress({ phase: "soak", done, total }),
    });
  },

  async race({ pair, entrants, race }, { engine, supply }) {
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

async function encodeForms(
  { pair, forms, measure }: Pick<ProveJob, "pair" | "forms" | "measure">,
  { engine, supply, observer }: Place,
): Promise<EncodedForms> {
  const read = async (member: Member) => {
    await observer.say(`encoding the ${member} network`);
    return supply.model(modelOf(pair, member));
  };
  const encode = ({ network, weights }: BuiltModel, { lowering, ranges }: MeasuredForm) =>
    engine.encode(lower(network, weights, lowering, measure), {
      ...measure,
      ...(ranges && { ranges }),
    });
  const plain = await encode(await read("plain"), forms[0]!);
  const se = await read("se");
  const encoded: EncodedModel[] = [];
  for (const form of forms) encoded.push(await encode(se, form));
  return { plain, forms: encoded };
}

/** The model of a member whose gates are not changed, with its logits as output. */
function modelOf(pair: ModelDescription["pair"], member: Member): ModelDescription {
  return { pair, member, output: "logits", fixedGates: {} };
}
