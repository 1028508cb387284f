import { BatchAccount } from "@pulumi/azure-native/batch/batchAccount";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { BatchPool } from "../../../components/BatchPool";
import { BatchAccountCertificates } from "../../../components/delivery/BatchAccountCertificates";
import { retirementMessage } from "../../../components/delivery/retirement";
import { SelfSignedCertificate } from "../../../components/SelfSignedCertificate";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack } from "./testStack";

describe("certificates of a Batch account", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  const send = sendToArm(() => azure);

  beforeAll(async () => {
    azure = await TestEmulator.start(undefined, new Date("2024-01-31"));
    stack = await TestStack.open(connectionTo(azure));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const program =
    (generations: readonly number[], changed: { tag?: string; accountName?: string } = {}) =>
    () => {
      const { name: resourceGroupName } = new ResourceGroup("group", { location: "westeurope" });
      const { name } = new BatchAccount("account", { resourceGroupName, allowedAuthenticationModes: ["AAD"] });
      const account = { resourceGroupName, name: changed.accountName ?? name };
      const certificates = generations.map(
        (generation) =>
          new SelfSignedCertificate(`generation-${generation}`, {
            ...{ generation, keyBits: 2048, validityDays: 365 },
            subject: { commonName: "batch-keyvault" },
          }),
      );
      const delivery = new BatchAccountCertificates("certs", { account, certificates });
      const taskIdentity = { tenantId: "t", clientId: "c", vaultUri: "v", certificateSubject: "CN=batch-keyvault" };
      const pool = { account, os: "linux", scale: { fixed: { dedicated: 0 } }, taskIdentity } as const;
      const { id } = new BatchPool(
        "pool",
        { ...pool, credential: delivery.forPool("linux"), tags: { tag: changed.tag ?? "first" } },
        { dependsOn: delivery, hooks: delivery.hooks },
      );
      return Promise.resolve({ poolId: id, thumbprints: certificates.map(({ thumbprint }) => thumbprint) });
    };

  test("a preview tells the retirement", async () => {
    expect(problemsIn((await stack.preview(program([1]))).stdout)).toEqual([`warning: ${retirementMessage}`]);
  });

  test("while Azure took them a pool got them, the next update changes nothing, and no secret is in clear", async () => {
    const { outputs } = await stack.up(program([1]));
    const [thumbprint] = outputs["thumbprints"] as string[];
    const { json } = await send("GET", outputs["poolId"], "2024-07-01");
    expect(json).toMatchObject({
      properties: {
        certificates: [
          {
            id: expect.stringMatching(new RegExp(`/certificates/sha1-${thumbprint}$`, "i")) as string,
            visibility: ["StartTask", "Task", "RemoteUser"],
          },
        ],
      },
    });

    const again = await stack.up(program([1]));
    expect(again.steps).toEqual([]);
    const { text } = stack.state();
    // How PKCS#12 files and keys begin, in base64 and in PEM.
    expect(text).not.toMatch(/"data":"MII|"password":"|BEGIN PRIVATE KEY/);
    expect(text).toContain('"thumbprintAlgorithm":"sha1"');
  });

  test("a rotation changes the pool's references after a certificate has come and before one goes", async () => {
    const added = (await stack.up(program([2, 1]))).steps;
    expect(added.lastIndexOf("create certs-2")).toBeGreaterThan(-1);
    expect(added.lastIndexOf("update pool")).toBeGreaterThan(added.lastIndexOf("create certs-2"));
    const removed = (await stack.up(program([2]))).steps;
    expect(removed.indexOf("delete certs-1")).toBeGreaterThan(removed.lastIndexOf("update pool"));
    expect(removed).toContain("update pool");
  });

  test("what is there stays as it is after the retirement", async () => {
    await azure.restart(new Date("2024-03-01"));
    expect((await stack.up(program([2]))).steps).toEqual([]);
  });

  const refusal = [
    `error: error hooks execution failed: error hook "certs-retirement" failed: ${retirementMessage}`,
    "error: update failed",
    `warning: ${retirementMessage}`,
  ];

  test.each([
    ["another certificate", program([3, 2])],
    ["a change of a pool that has one", program([2], { tag: "other" })],
  ])("%s ends with one message", async (_, changed) => {
    expect(problemsIn(await failureOf(stack.up(changed)))).toEqual(refusal);
  });

  test("destroy, which runs no program and so has no hooks, works and takes the pool first", async () => {
    const { steps } = await stack.destroy();
    expect(steps).toContain("delete pool");
    expect(steps.indexOf("delete certs-2")).toBeGreaterThan(steps.lastIndexOf("delete pool"));
  });

  test("a new deployment ends with one message, however many certificates it has", async () => {
    expect(problemsIn(await failureOf(stack.up(program([2, 1]))))).toEqual(refusal);
  });

  test("another refusal is told as Azure gives it", async () => {
    const told = problemsIn(await failureOf(stack.up(program([2, 1], { accountName: "another" }))));
    expect(told).toHaveLength(refusal.length);
    expect(told[0]).toMatch(/^error: PUT .+ Status=404 Code="ParentResourceNotFound"/);
  });
});

/** What the engine tells at the end of its output, sorted. */
function problemsIn(output: string): string[] {
  const [, rest = ""] = output.split("Diagnostics:\n");
  const [diagnostics = ""] = rest.split(/^(?:Outputs|Resources):\n/m);
  return diagnostics
    .split(/^ {2}\S.*\n/m)
    .map((text) => text.replace(/^ {4}/gm, "").trim())
    .filter((text) => text !== "")
    .sort();
}

async function failureOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("found no failure, expected one");
  return error.message;
}
