import type { Session } from "@sebench/runtime";
import type { Clock } from "./visit.ts";

/**
 * A session each of whose runs takes longer by a share of itself, spent in a
 * busy wait inside the timed region: a slowdown whose size is known.
 *
 * @param share The share by which runs take longer: 0.02 is 2 %.
 */
export function slowedSession(session: Session, share: number, now: Clock): Session {
  return {
    stage: (images) => session.stage(images),
    attest: () => session.attest(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    async run(input) {
      const started = now();
      const logits = await session.run(input);
      const ended = now();
      const until = ended + share * (ended - started);
      while (now() < until);
      return logits;
    },
  };
}
