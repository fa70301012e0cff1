import { randomBytes } from "node:crypto";
import { readFile, cp } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { litertWebFolder } from "@sebench/runtime-litert-web/folder";
import { onnxruntimeWebFolder } from "@sebench/runtime-onnxruntime-web/folder";
import { tfjsWebFolder } from "@sebench/runtime-tfjs-web/folder";
import { InputError } from "@sebench/spec";
import type { Plugin, UserConfig } from "vite";

export interface PageServer extends AsyncDisposable {
  /** The URL of the page, `http://127.0.0.1:<port>/`. */
  readonly url: string;
  /**
   * Serves bytes or text from memory, and gives their path, `/case/<token>/<name>`. The token is
   * the server's own, and nobody can guess it.
   */
  serve(name: string, body: Uint8Array | string): string;
  /** Forgets everything that `serve` was given. */
  clear(): void;
}

export interface PageServerOptions {
  /** The folder that `buildPage` filled. */
  readonly root: string;
  /** The port of the server. The default, 0, takes any that is free. */
  readonly port?: number;
  /**
   * Whether pages are cross-origin isolated, which threads and a fine clock need. The default is
   * true; false is what a site without the headers gets.
   */
  readonly isolated?: boolean;
}

/** The folders of the engines' own files, by the start of their URLs' paths. */
const engineFolders: Readonly<Record<string, string>> = {
  "/ort/": onnxruntimeWebFolder,
  "/tfjs/": tfjsWebFolder,
  "/litert/": litertWebFolder,
};

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The headers of every answer. */
const always = {
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
  "Content-Security-Policy": [
    "default-src 'none'",
    // The engines compile wasm, and start threads from modules that they write themselves.
    "script-src 'self' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self' blob: data:",
    "img-src 'self' data:",
    "style-src 'self' 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The names by which this machine's own programs reach the server. */
const ownNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The status of a request that is refused, or null for one that is to be answered. A page of
 * another site may lead a name of its own to 127.0.0.1 (DNS rebinding), and it then sends that
 * name as `Host`.
 */
function refusalOf({ method, headers, socket }: http.IncomingMessage): 405 | 421 | null {
  const { host } = headers;
  const isOwn = ownNames.some(
    (name) => host === `${name}:${socket.localPort}` || (socket.localPort === 80 && host === name),
  );
  if (!isOwn) return 421;
  return method === "GET" || method === "HEAD" ? null : 405;
}

/**
 * Serves the page on 127.0.0.1, the engines' files under `/ort/` and `/tfjs/`, and
 * cases under `/case/`, which only who is given their path can ask for. Throws an `InputError`
 * where the port is taken.
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { root, port = 0, isolated = true } = options;
  const cases = new Map<string, Content>();
  const casesPath = `/case/${randomBytes(16).toString("hex")}/`;
  const headers = { ...always, ...(isolated ? isolation : {}) };
  const find = async (pathname: string): Promise<Content | null> => {
    if (pathname.startsWith("/case/")) return cases.get(pathname) ?? null;
    const prefix = Object.keys(engineFolders).find((each) => pathname.startsWith(each));
    if (prefix) return readContent(engineFolders[prefix]!, pathname.slice(prefix.length));
    return readContent(root, pathname === "/" ? "index.html" : pathname.slice(1));
  };
  const server = http.createServer(async (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== null) {
      response.writeHead(refusal, { ...headers, Allow: "GET, HEAD" }).end();
      return;
    }
    const content = await find(pathOf(request));
    if (content === null) response.writeHead(404, headers).end();
    else response.writeHead(200, { ...headers, "Content-Type": content.type }).end(content.body);
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    serve(name, body) {
      cases.set(casesPath + name, { type: typeOf(name), body });
      return casesPath + name;
    },
    clear: () => cases.clear(),
    [Symbol.asyncDispose]: () => close(server),
  };
}

/** The decoded path of a request, or `/case/`, which serves nothing, if decoding fails. */
function pathOf({ url }: http.IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(url ?? "/", "http://127.0.0.1").pathname);
  } catch {
    return "/case/";
  }
}

function listen(server: http.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const remedy = "give another port, or none for any that is free";
      const taken = new InputError(`port ${port} is taken`, { remedy, cause });
      reject(cause.code === "EADDRINUSE" ? taken : cause);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Closes the server without waiting for connections that a browser keeps open. */
function close(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The answer to a URL. */
interface Content {
  readonly type: string;
  readonly body: Uint8Array | string;
}

/**
 * The content types by the ending of a name. A browser compiles wasm while it loads only under the
 * right type, and runs no module under a wrong one.
 */
const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

function typeOf(name: string): string {
  return types[path.extname(name)] ?? "application/octet-stream";
}

/**
 * Reads a file in a folder or below, or gives null where there is none, or where the name leads out
 * of the folder.
 */
async function readContent(folder: string, name: string): Promise<Content | null> {
  const file = path.resolve(folder, name);
  if (!file.startsWith(path.resolve(folder) + path.sep)) return null;
  try {
    return { type: typeOf(file), body: await readFile(file) };
  } catch {
    return null;
  }
}

/** The page as the published package brings it, or null in the repository, which builds it. */
const packaged = import.meta.url.endsWith(".ts") ? null : path.join(import.meta.dirname, "../page");

/** Builds the page into `outDir`, which is emptied first, or copies the one that was built beforehand. */
export async function buildPage(outDir: string, plugins: readonly Plugin[] = []): Promise<void> {
  if (packaged !== null) return cp(packaged, outDir, { recursive: true });
  const root = path.join(import.meta.dirname, "../browser");
  const page = (name: string) => path.join(root, name);
  const input = { index: page("index.html"), start: page("start.html") };
  await bundle({ root, outDir, plugins, input });
}

/** A page to bundle. */
interface Bundled extends Pick<UserConfig, "base" | "define"> {
  readonly root: string;
  readonly outDir: string;
  readonly plugins?: readonly Plugin[];
  readonly input: Readonly<Record<string, string>>;
}

/** Vite bundles a page into a folder, which is emptied first. */
export async function bundle({ root, outDir, input, plugins, ...more }: Bundled): Promise<void> {
  const { build, defaultClientConditions } = await import("vite");
  await build({
    ...more,
    root,
    configFile: false,
    plugins: [...(plugins ?? [])],
    logLevel: "warn",
    // The server gives onnxruntime-web's binaries from their own folder, so the bundler leaves them
    // out.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
    build: {
      rolldownOptions: { input },
      outDir: path.resolve(outDir),
      emptyOutDir: true,
      target: "esnext",
      // tfjs starts its wasm threads from the text of one of its functions, which must not depend
      // on names around it.
      minify: false,
      modulePreload: false,
    },
  });
}
