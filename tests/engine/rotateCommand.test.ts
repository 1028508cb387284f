import { setTimeout as sleep } from "node:timers/promises";
import { type Azure, openAzure } from "../../emulator/command/azure";
import { runRotations } from "../../emulator/command/rotate";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";
import { readyNodes } from "./readyNodes";

jest.setTimeout(240_000);
readyNodes();

const line = new CommandLine(temporaryFolder());

function configure(certificate: object): void {
  line.configure("test", {
    "batch-keyvault:certificate": certificate,
    "batch-keyvault:pools": [{ name: "workers", os: "linux", scale: { fixed: { dedicated: 1 } } }],
  });
}

const rotateOnce = (...options: string[]) =>
  line.withContext(["rotate", "--stack", "test", ...options], (context) =>
    runRotations(context, { rotations: 1, readsPerSecond: 10 }),
  );

/** The tests follow one stack on an emulator that stays up, in order. */
describe("rotate", () => {
  let azure: Azure;

  beforeAll(async () => {
    azure = await openAzure(line.folders.emulator);
  });

  afterAll(() => azure.stop());

  test("deploys the stack and rotates it; no read fails, although nodes have the certificate before Entra knows it", async () => {
    configure({ keepPrevious: 1 });
    const { code, text } = await rotateOnce("--propagation", "6s", "--polling", "500ms", "--json");
    expect(code).toBe(0);
    const told = JSON.parse(text.trim()) as { reads: number; generations: { reads: number }[] };
    expect(told).toEqual({
      ...{ rotations: 1, reads: expect.any(Number) as number, failed: 0 },
      generations: [1, 2].map((generation) => ({
        ...{ generation, from: expect.stringMatching(/^\d{4}-.*Z$/) as string },
        ...{ until: expect.stringMatching(/^\d{4}-.*Z$/) as string },
        ...{ signIns: expect.any(Number) as number, reads: expect.any(Number) as number },
      })),
    });
    const reads = told.generations.map((use) => use.reads);
    expect(Math.min(...reads)).toBeGreaterThan(0);
    expect(reads.reduce((sum, count) => sum + count)).toBe(told.reads);
    const { signIns } = await azure.connection.counts();
    expect(signIns.map(({ code: answer }) => answer)).toContain("AADSTS700027");
    expect(await azure.connection.status()).toMatchObject({ propagationSeconds: 0, pollingSeconds: null });
  });

  test("where the previous credential is not kept, reads fail until the node has polled, and so does the command", async () => {
    // Its file still has generation 1, and the stack goes on from 2: going back would be refused.
    configure({ keepPrevious: 0 });
    await azure.connection.resetCounts();
    const over = new AbortController();
    const rotated = rotateOnce("--propagation", "0s", "--polling", "10m")
      .then(
        () => "no failure",
        (error: unknown) => String(error),
      )
      .finally(() => {
        over.abort();
      });
    const isRefused = async () => (await azure.connection.counts()).signIns.some(({ code }) => code !== "ok");
    while (!over.signal.aborted && !(await isRefused())) await sleep(100);
    // One polling interval later the node has generation 3.
    await azure.connection.advanceClock(600);
    expect(await rotated).toMatch(/^Error: \d+ of \d+ reads failed:\n {2}(once|\d+ times): .*AADSTS700027/);
  });
});

test.each([
  [{ "batch-keyvault:access": "managedIdentity" }, "found access: managedIdentity, expected certificate: a rotation"],
  [
    { "batch-keyvault:certificate": { delivery: "batchAccount" } },
    "found delivery: batchAccount, expected keyVaultExtension: nodes fetch no other certificate while they run",
  ],
])("%j cannot be rotated while nodes run", async (config, message) => {
  line.configure("fixed", config);
  const { code, stderr } = await line.run(["rotate", "--stack", "fixed"]);
  expect(code).toBe(1);
  expect(stderr).toContain(`Pulumi.fixed.yaml: ${message}`);
});
