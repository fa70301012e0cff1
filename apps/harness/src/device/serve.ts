import { readFile } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import { readNumber, say } from "@sebench/cli";
import { type Certificate, makeCertificate, readCertificate } from "@sebench/hosts/certificate";
import { type DeviceHost, openDeviceHost } from "@sebench/hosts/device";
import { describeDevice } from "@sebench/results";
import { InputError, visible } from "@sebench/spec";
import { renderUnicodeCompact } from "uqr";
import type { RunFlags } from "../flags/run-flags.ts";
import { formatSeconds } from "../words/progress.ts";
import { type Place, run } from "../measuring/run.ts";

/** The flags of `serve`: those of `run`, and where the page is served. */
export interface ServeFlags extends RunFlags {
  readonly lan?: boolean;
  readonly https?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly publicUrl?: string;
}

/**
 * Serves a page that measures on whatever device opens it, records what it measures in the results
 * of this machine, and gives the exit code.
 */
export async function serve(flags: ServeFlags): Promise<number> {
  const port = readNumber("--port", flags.port, { from: 0, to: 65_535 });
  const published = publicHost(flags);
  const names = ownNames(flags);
  const certificate = await certificateOf(flags, names);
  await using device = await openDeviceHost({
    port,
    address: flags.lan ? "0.0.0.0" : "127.0.0.1",
    hosts: [...names.map((name) => `${name}:PORT`), ...(published === null ? [] : [published])],
    ...(certificate && { tls: { cert: certificate.cert, key: certificate.key } }),
  });
  announce(device, flags, certificate, names);
  let folder: string | null = null;
  const place = placeOf(device, (path) => (folder = path));
  try {
    const { headed: _headed, browser: _browser, ...rest } = flags;
    return await run({ ...rest, port: "0", host: ["device"] }, place);
  } finally {
    await sayGoodbye(device, folder);
  }
}

/** The device as the place of a run. */
function placeOf(device: DeviceHost, take: (folder: string) => void): Place {
  return {
    async describe() {
      const { name, facts } = await device.visited(new AbortController().signal);
      say(`${visible(name ?? "A device")} has started: ${visible(facts.agent)}`);
      for (const loss of lossesOf(facts)) say(`  ${loss}`);
      return describeDevice(name, facts);
    },
    device: device.host,
    onFolder: take,
    observe: (progress, left) => ({
      start(plans) {
        progress.start(plans);
        const at = left.indexOf(plans[0]!) + 1;
        const time = formatSeconds(progress.secondsLeft());
        device.say(`Case ${at} of ${left.length}, about ${time} left`);
      },
      update: (event) => progress.update(event),
      end: (records) => progress.end(records),
      note: (text) => progress.note(text),
      close: () => progress.close(),
    }),
  };
}

/** What a page lacks, in words. */
function lossesOf(facts: Parameters<typeof describeDevice>[1]): string[] {
  const clock = `its clock has steps of ${facts.clockStepMs} ms`;
  return [
    ...(facts.secureContext ? [] : ["It is no secure context, so it has no WebGPU."]),
    ...(facts.sharedMemory
      ? []
      : ["It has no memory that threads share: engines have one thread."]),
    ...(facts.clockStepMs < 0.05 ? [] : [`${clock[0]!.toUpperCase()}${clock.slice(1)}.`]),
  ];
}

/** Shows the end of the run, and its report where there is one, on the device. */
async function sayGoodbye(device: DeviceHost, folder: string | null): Promise<void> {
  const path = folder && join(folder, "report.html");
  const report = path && (await readFile(path, "utf8").catch(() => null));
  const words = report
    ? "Done. The results are on the computer that printed the address."
    : "The run was ended at the computer that printed the address.";
  await device.conclude(words, report);
}

/** The host of the address that the person's own tunnel has, or null. */
function publicHost({ publicUrl }: ServeFlags): string | null {
  if (publicUrl === undefined) return null;
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/") return url.host;
  throw new InputError(`--public-url "${publicUrl}" is not the address of a site`, {
    remedy: "give the tunnel's address without a path, such as https://name.example",
  });
}

/** The names and addresses by which other devices may reach this machine. */
function ownNames({ lan }: ServeFlags): string[] {
  if (!lan) return [];
  const addresses = Object.values(os.networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  return [...new Set(addresses), `${os.hostname().split(".")[0]}.local`];
}

async function certificateOf(
  { https, cert, key }: ServeFlags,
  names: readonly string[],
): Promise<Certificate | null> {
  if ((cert === undefined) !== (key === undefined)) {
    const [given, other] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new InputError(`${given} is given, and ${other} is not`, {
      remedy: `give both, or --https alone, which makes a certificate`,
    });
  }
  if (cert !== undefined && key !== undefined) return readCertificate({ cert, key });
  return https ? makeCertificate(["127.0.0.1", "localhost", ...names]) : null;
}

/** Prints where the page is, and what is lost where. */
function announce(
  { port, path }: DeviceHost,
  { lan, publicUrl }: ServeFlags,
  certificate: Certificate | null,
  names: readonly string[],
): void {
  const scheme = certificate === null ? "http" : "https";
  const [first = "127.0.0.1"] = names;
  const address = publicUrl
    ? new URL(path, publicUrl).href
    : `${scheme}://${lan ? first : "127.0.0.1"}:${port}/${path}`;
  say(`Open this address on the device, all of it, and press Start:\n\n  ${address}\n`);
  say(renderUnicodeCompact(address));
  if (lan && names.length > 1) {
    say(`This machine is also ${names.slice(1).join(", ")}.`);
  }
  if (lan && certificate === null) {
    say(
      "By http on another machine than this, browsers give a page no threads, no WebGPU and a clock of 0.1 to 1 ms. --https brings them back.",
    );
  }
  if (certificate !== null) {
    say(
      `The browser will warn of the certificate unless it knows who signed it. Its SHA-256 is\n  ${certificate.fingerprint}`,
    );
  }
  if (!lan && publicUrl === undefined) {
    say(
      `Android over USB: adb reverse tcp:${port} tcp:${port}, and then the same address there. Other devices: --lan --https.`,
    );
  }
  say("The address is a key to this run: whoever has it can take part until the run ends.");
}
