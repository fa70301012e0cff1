import {
  decodeMessage,
  encodeMessage,
  type PageMessage,
  type PageOrder,
  sessionHeaders,
  sessionPaths,
} from "@sebench/jobs";

/** The error of a server that answers, and refuses. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The page's way to the server that it came from. */
export interface Connection {
  /** Sends a message and gives its answer. Rejects with a `Refusal` where the server refuses. */
  send(message: PageMessage): Promise<unknown>;
  /** Waits for what is to be done next. */
  next(): Promise<PageOrder>;
  /** Holds a request open for as long as the page lives, so that its end is seen at once. */
  hold(): void;
}

/** The milliseconds between two attempts to reach a server that is out of reach, and for how long. */
const retryEveryMs = 1000;
const retryForMs = 60_000;

/**
 * Connects the page to its server.
 *
 * @param token the session's token, from the fragment of the page's address
 */
export function connect(token: string): Connection {
  const headers = {
    [sessionHeaders.token]: token,
    [sessionHeaders.device]: deviceName(token),
    [sessionHeaders.page]: randomName(),
  };
  const request = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await reach(path, { ...init, headers: { ...headers, ...init.headers } });
    const text = await response.text();
    if (response.ok) return decodeMessage(text);
    throw new Refusal(response.status, text || `the server answers ${response.status}`);
  };
  return {
    send: (message) =>
      request(sessionPaths.message, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: encodeMessage(message),
      }),
    next: async () => (await request(sessionPaths.next, {})) as PageOrder,
    hold() {
      fetch(sessionPaths.alive, { headers }).catch(() => {});
    },
  };
}

/** Fetches, and tries again for a while where the server cannot be reached, as on a weak network. */
async function reach(path: string, init: RequestInit): Promise<Response> {
  const endMs = performance.now() + retryForMs;
  for (;;) {
    try {
      return await fetch(path, init);
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryEveryMs));
    }
  }
}

/** The name of this device in this session, which it keeps where a page is loaded again. */
function deviceName(token: string): string {
  const key = `sebench-device-${token}`;
  const known = localStorage.getItem(key);
  if (known !== null) return known;
  const made = randomName();
  localStorage.setItem(key, made);
  return made;
}

/** 128 random bits; `crypto.randomUUID` is there only in secure contexts. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
