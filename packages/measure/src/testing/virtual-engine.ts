import {
  type Attestation,
  type Engine,
  type EncodedModel,
  imagesOfRun,
  type Profile,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import type { Member } from "../measurement/measurement.ts";

/** The times of a virtual engine, which computes nothing and has a clock of its own. */
export interface VirtualTimes {
  readonly prepareMs: Readonly<Record<Member, number>>;
  /**
   * The time of a run, where `run` counts a session's runs from 0 and `session` counts
   * sessions from 0.
   */
  readonly runMs: (member: Member, run: number, session: number) => number;
  /** The profile of a session that keeps one, from the times of its runs. */
  readonly profile?: (member: Member, runMs: readonly number[]) => Profile;
  /** Hears of each step of a session before it is taken, and may throw. */
  readonly onStep?: (step: string) => void;
}

export interface VirtualModel extends EncodedModel {
  readonly member: Member;
}

interface VirtualInput extends StagedInput {
  readonly firstValue: number;
}

/**
 * An engine for tests of what happens in which order. A run's logits are
 * `[session, first value of the batch]`. `steps` lists what the engine did, such as
 * `prepare plain 0`: the step, the member and the number of the session.
 */
export function virtualEngine(times: VirtualTimes) {
  const steps: string[] = [];
  let clockMs = 0;
  let sessions = 0;

  const prepare = async ({ member }: VirtualModel): Promise<Session> => {
    const session = sessions++;
    let runs = 0;
    const take = (step: string, ms: number): void => {
      steps.push(`${step} ${member} ${session}`);
      times.onStep?.(`${step} ${member} ${session}`);
      clockMs += ms;
    };
    take("prepare", times.prepareMs[member]);
    return {
      stage: async (input): Promise<VirtualInput> => {
        take("stage", 7);
        return { firstValue: imagesOfRun(input).data[0]! };
      },
      run: async (input) => {
        take("run", times.runMs(member, runs++, session));
        return Float32Array.of(session, (input as VirtualInput).firstValue);
      },
      attest: async () => {
        take("attest", 7);
        return attestation;
      },
      [Symbol.asyncDispose]: async () => take("dispose", 0),
    };
  };
  const engine: Engine<VirtualModel> = {
    probe: () => Promise.reject(new Error("not probed here")),
    encode: () => Promise.reject(new Error("nothing to encode")),
    prepare,
    async prepareProfiled(model) {
      const session = await prepare(model);
      const runMs: number[] = [];
      return {
        ...session,
        async run(input) {
          const startedMs = clockMs;
          const logits = await session.run(input);
          runMs.push(clockMs - startedMs);
          return logits;
        },
        endProfile: async () => times.profile!(model.member, runMs),
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { engine, steps, now: () => clockMs };
}

const attestation: Attestation = {
  device: "cpu",
  tf32: false,
  proven: true,
  reason: null,
  software: false,
  threads: 1,
  evidence: {},
};
