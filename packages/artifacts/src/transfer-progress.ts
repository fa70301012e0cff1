const lineEveryMs = 1_000;
/** On a slow line, where 5 % take long. */
const lineAtLeastEveryMs = 10_000;
const stepPercent = 5;

/** Tells of a transfer in a line now and then: no more than one a second, or one each 5 %. */
export function transferProgress(
  what: string,
  total: number | null,
  onProgress: (line: string) => void,
  now: () => number = () => performance.now(),
): (received: number) => void {
  let toldAt = now();
  let toldPercent = 0;
  return (received) => {
    const percent = total === null ? 0 : (received / total) * 100;
    const since = now() - toldAt;
    const isDone = received === total;
    const isStep = percent - toldPercent >= stepPercent && since >= lineEveryMs;
    if (!isDone && !isStep && since < lineAtLeastEveryMs) return;
    toldAt = now();
    toldPercent = percent;
    onProgress(`${what}: ${amount(received, total)}`);
  };
}

function amount(received: number, total: number | null): string {
  if (total === null) return `${megabytes(received)} MB`;
  const percent = Math.floor((received / total) * 100);
  return `${megabytes(received)} of ${megabytes(total)} MB (${percent} %)`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
