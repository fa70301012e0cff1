import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { serve } from "./serve.ts";

const flags = { port: "0", fetch: false };

test.each([
  [{ cert: "a.pem" }, "--cert is given, and --key is not", "--https alone"],
  [{ key: "a.pem" }, "--key is given, and --cert is not", "--https alone"],
  [{ cert: "/nowhere.pem", key: "/nowhere.pem" }, "--cert /nowhere.pem cannot be read", "PEM"],
  [{ publicUrl: "name.example" }, '--public-url "name.example" is not', "https://name.example"],
  [{ publicUrl: "https://a.example/b" }, "is not the address of a site", "without a path"],
  [{ port: "70000" }, '--port is "70000"', "from 0 to 65535"],
])("%j is refused before anything is served", async (given, message, remedy) => {
  await expect(serve({ ...flags, ...given })).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining(message),
    remedy: expect.stringContaining(remedy),
  });
});

test("a port that is taken is told", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(serve({ ...flags, port: String(port) })).rejects.toMatchObject({
    message: `port ${port} is taken`,
  });
  taken.close();
});
