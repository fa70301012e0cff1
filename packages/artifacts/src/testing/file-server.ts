import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The way in which the server treats the next requests. */
interface ServerBehaviour {
  /** Whether the server honours `range`, which it does by default. */
  readonly ranges?: boolean;
  /**
   * The number of bytes that the server sends before it does as `ending` says; all of them
   * by default.
   */
  readonly upTo?: number;
  /**
   * The end of an answer that is cut short: `drop` closes the connection, `stall` keeps it
   * open and silent.
   */
  readonly ending?: "drop" | "stall";
  /** The status of the answer; 200 by default. */
  readonly status?: number;
}

/** A server of one file on loopback. */
export interface FileServer extends AsyncDisposable {
  readonly url: string;
  /** The `range` of each request that came, or null if it had none. */
  readonly ranges: (string | null)[];
  content: Uint8Array;
  behaviour: ServerBehaviour;
}

export async function serveFile(content: Uint8Array): Promise<FileServer> {
  const server = createServer((request, response) => {
    served.ranges.push(request.headers.range ?? null);
    answer(served, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const served: FileServer = {
    url: `http://127.0.0.1:${port}/file`,
    ranges: [],
    content,
    behaviour: {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return served;
}

function answer(
  { content, behaviour }: FileServer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { ranges = true, status = 200, upTo = content.length, ending = "drop" } = behaviour;
  const start = ranges ? Number(request.headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0) : 0;
  if (status !== 200 || (start > 0 && start >= content.length)) {
    response.writeHead(status === 200 ? 416 : status).end();
    return;
  }
  const body = content.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": body.length,
    ...(start > 0
      ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }
      : {}),
  });
  if (upTo >= body.length) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, upTo));
  // The bytes on their way when a connection breaks are lost, so they are given time to arrive.
  if (ending === "drop") setTimeout(() => response.destroy(), 300);
}
