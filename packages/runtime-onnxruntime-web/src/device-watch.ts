/** The engine may notice a loss before the browser tells the page of it. */
const patienceMs = 500;

/**
 * Keeps work from waiting for a device that is gone. Where a GPU is lost, one
 * bundle of onnxruntime-web never ends a run, and the other blocks its page for
 * good in the next: so work is rejected then, and none is begun any more.
 */
export class DeviceWatch {
  #fault: Error | null = null;
  readonly #pending = new Set<(fault: Error) => void>();

  /** From the first call on, all work is rejected. */
  readonly tell = (fault: string): void => {
    this.#fault ??= new Error(fault);
    for (const reject of this.#pending) reject(this.#fault);
  };

  /** What `work` gives. Rejects with the fault, if there is one, before or meanwhile. */
  async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#fault !== null) throw this.#fault;
    let reject!: (fault: Error) => void;
    // One for each piece of work: those that raced with a promise that lives on would pile up there.
    const fault = new Promise<never>((_, rejectFault) => {
      reject = rejectFault;
    });
    this.#pending.add(reject);
    try {
      return await Promise.race([work(), fault]);
    } catch (error) {
      await Promise.race([fault, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
      throw error;
    } finally {
      this.#pending.delete(reject);
    }
  }
}
