import type { FetchOptions } from "./fetch-artifact.ts";

/** A small document of an index that tells where a file lies and what its hash is. */
export async function fetchJson(
  url: string,
  { signal, stallLimitMs = 30_000 }: Pick<FetchOptions, "signal" | "stallLimitMs">,
): Promise<unknown> {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const agent = new EnvHttpProxyAgent({ connect: { timeout: 10_000 } });
  const limit = AbortSignal.timeout(stallLimitMs);
  try {
    const response = await fetch(url, {
      dispatcher: agent,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (response.ok) return await response.json();
    throw new Error(`${new URL(url).host} answers ${response.status} ${response.statusText}`);
  } finally {
    await agent.destroy();
  }
}
