/** Milliseconds by which the engine may notice a loss before the browser tells the page of it. */
const patienceMs = 500;

/**
 * Keeps work from waiting for a device that is gone. Where a GPU is lost, engines may never end a
 * run, or block their page for good in the next one. So the watch rejects the work under way, and begins none any more.
 */
export class DeviceWatch {
  #fault: Error | null = null;
  readonly #pending = new Set<(fault: Error) => void>();

  /** Tells of a fault. From the first call on, all work is rejected. */
  readonly tell = (fault: string): void => {
    this.#fault ??= new Error(fault);
    for (const reject of this.#pending) reject(this.#fault);
  };

  /** Gives what `work` gives. Rejects with the fault where there is one before or during the work. */
  async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#fault !== null) throw this.#fault;
    let reject!: (fault: Error) => void;
    // Each piece of work has a promise of its own: races with one that lives on would pile up on it.
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

/** Tells of the device's loss, and of errors that the engine passes over, such as memory that ran out. */
export function watchFaults(device: GPUDevice, tell: (fault: string) => void): void {
  const awaitLoss = async () => {
    const { reason, message } = await device.lost;
    tell(`the browser has lost its WebGPU device (${reason}): ${message}`);
  };
  void awaitLoss();
  device.addEventListener("uncapturederror", ({ error }) => {
    tell(`WebGPU has failed: ${error.message}`);
  });
}
