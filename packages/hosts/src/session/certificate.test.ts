import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Certificate, makeCertificate, readCertificate } from "./certificate.ts";

let folder: string;
let own: Certificate;
let other: Certificate;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-certificate-"));
  [own, other] = await Promise.all([
    makeCertificate(["127.0.0.1", "192.168.1.5", "desk.local"]),
    makeCertificate(["127.0.0.1"]),
  ]);
  await writeFile(file("own.pem"), own.cert);
  await writeFile(file("own-key.pem"), own.key);
  await writeFile(file("other-key.pem"), other.key);
  await writeFile(file("text.pem"), "no PEM at all");
});
afterAll(() => rm(folder, { recursive: true }));

test("a certificate is for its addresses and names, and for no others", () => {
  const certificate = new X509Certificate(own.cert);
  expect(certificate.checkIP("192.168.1.5")).toBe("192.168.1.5");
  expect(certificate.checkHost("desk.local")).toBe("desk.local");
  expect(certificate.checkIP("192.168.1.6")).toBeUndefined();
  expect(certificate.ca).toBe(false);
  expect(own.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(own.fingerprint).not.toBe(other.fingerprint);
});

test("files that belong together are read", async () => {
  expect(await readCertificate({ cert: file("own.pem"), key: file("own-key.pem") })).toEqual(own);
});

test.each([
  ["own.pem", "other-key.pem", "is not the key of --cert"],
  ["own.pem", "missing.pem", "cannot be read"],
  ["text.pem", "own-key.pem", "holds no certificate in PEM"],
  ["own.pem", "text.pem", "holds no private key"],
])("%s with %s is refused", async (cert, key, words) => {
  const read = readCertificate({ cert: file(cert), key: file(key) });
  await expect(read).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining(words),
  });
});
