// Gives every answer of this folder the headers that make a page cross-origin isolated, which
// threads and a fine clock need, for hosts that cannot be told to send them.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, searchParams } = new URL(request.url);
  if (origin !== self.location.origin) return;
  // A page that asked to be left as its host serves it.
  if (request.mode === "navigate" && searchParams.get("isolation") === "off") return;
  event.respondWith(isolated(request));
});

async function isolated(request) {
  const response = await fetch(request);
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
