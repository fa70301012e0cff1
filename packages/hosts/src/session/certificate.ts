import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { InputError } from "@sebench/spec";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The SHA-256 of the certificate, as browsers show it: `AB:CD:...`. */
  readonly fingerprint: string;
}

/** The days for which a certificate that is made here is good. */
const days = 2;

/**
 * Makes a certificate for names and addresses, signed by itself, so that a browser warns of it once.
 * It is kept in memory alone.
 */
export async function makeCertificate(names: readonly string[]): Promise<Certificate> {
  const { generate } = await import("selfsigned");
  const notBeforeDate = new Date();
  const made = await generate([{ name: "commonName", value: "sebench" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + days * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) =>
          isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
        ),
      },
    ],
  });
  return certificateOf(made.cert, made.private);
}

/**
 * Reads a certificate and its key from files.
 *
 * @throws InputError where a file cannot be read, holds something else, or the two do not belong
 *   together
 */
export async function readCertificate(paths: {
  readonly cert: string;
  readonly key: string;
}): Promise<Certificate> {
  const [cert, key] = await Promise.all([
    readPem("--cert", paths.cert),
    readPem("--key", paths.key),
  ]);
  const certificate = parsed("--cert", paths.cert, () => new X509Certificate(cert));
  const privateKey = parsed("--key", paths.key, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new InputError(`--key ${paths.key} is not the key of --cert ${paths.cert}`, {
      remedy: "give the two files that were made together, as mkcert makes them",
    });
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw new InputError(`--cert ${paths.cert} was good until ${certificate.validTo}`, {
      remedy: "make a new one, or let --https make one",
    });
  }
  return certificateOf(cert, key);
}

function certificateOf(cert: string, key: string): Certificate {
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new InputError(`${flag} ${path} cannot be read: ${(cause as Error).message}`, {
      remedy: `give ${flag} the path of a PEM file`,
      cause,
    });
  }
}

function parsed<Of>(flag: string, path: string, parse: () => Of): Of {
  try {
    return parse();
  } catch (cause) {
    const what = flag === "--cert" ? "certificate" : "private key without a password";
    throw new InputError(`${flag} ${path} holds no ${what} in PEM`, {
      remedy: `give ${flag} the path of a PEM file, as mkcert makes it`,
      cause,
    });
  }
}
