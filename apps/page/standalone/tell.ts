import type { Measurement } from "@sebench/results/measurement";
import { fill, type Language, languages, type WordKey } from "./words.ts";

type Page = NonNullable<Measurement["host"]["page"]>;

/** Writes the page's sentences in one language, with its numbers. */
export class Teller {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  /** A sentence by its key, with its places filled. */
  say(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
    return fill(languages[this.language][key], values);
  }

  /** A ratio as the percent that it adds, `+3.1 %`, without its sign where `signed` is false. */
  percent(ratio: number, signed = true): string {
    const added = signed ? ratio - 1 : Math.abs(ratio - 1);
    return this.#number(added, {
      style: "percent",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      signDisplay: signed ? "exceptZero" : "never",
    });
  }

  /** A time in milliseconds with three significant digits. */
  ms(ms: number): string {
    const digits = { maximumSignificantDigits: 3, minimumSignificantDigits: ms >= 1000 ? 1 : 3 };
    return `${this.#number(ms, digits)} ms`;
  }

  #number(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.language, options).format(value);
  }

  /** The one sentence that a measurement comes to. */
  sentence({ overhead, subject }: Measurement): string {
    const { ratio, interval } = overhead;
    const [low, high] = interval;
    const key =
      low > 1
        ? "sentence"
        : high < 1
          ? "sentenceLess"
          : ("sentenceUnsure" as const satisfies WordKey);
    return this.say(key, {
      network: subject.network,
      plain: subject.plain,
      overhead: this.percent(ratio, key === "sentenceUnsure"),
      low: this.percent(low),
      high: this.percent(high),
    });
  }

  /** What else a reader should know of a measurement, in sentences. */
  facts(made: Measurement): string[] {
    const { parity, proof, host, device, members } = made;
    const difference = Math.max(parity.plain.relative, parity.se.relative).toExponential(1);
    const page = host.page!;
    return [
      this.say("times", {
        plainMs: this.ms(members.plain.p50Ms),
        seMs: this.ms(members.se.p50Ms),
      }),
      this.say("parity", { difference, tolerance: parity.tolerance.toExponential(0) }),
      this.say("proof", {
        device: proof.device,
        threads: this.#threads(proof.threads),
        simd: this.#simd(proof, device.adapter),
      }),
      ...(proof.software ? [this.say("software")] : []),
      this.#clock(page),
      ...(page.timesHidden > 0 ? [this.say("timesHidden", { count: page.timesHidden })] : []),
    ];
  }

  #threads(count: number | null): string {
    if (count === null) return this.say("threadsNone");
    return count === 1 ? this.say("threadProven") : this.say("threadsProven", { count });
  }

  #simd({ simd, threads }: Measurement["proof"], adapter: string | null): string {
    if (threads === null && adapter !== null) return this.say("simdNone", { adapter });
    if (simd === null) return this.say("simdUnknown");
    return this.say(simd ? "simdYes" : "simdNo");
  }

  #clock({ clockStepMs, runsPerSample: count }: Page): string {
    const step = `${this.#number(clockStepMs, { maximumSignificantDigits: 3 })} ms`;
    return count === 1 ? this.say("clockOne", { step }) : this.say("clockMany", { step, count });
  }
}
