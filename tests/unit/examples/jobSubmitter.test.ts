import { jobSubmitterRole, partsOf } from "../../../examples/job-submitter/azureIds";
import { certificates } from "../../../examples/job-submitter/certificates";
import { reasonOf } from "../../../examples/job-submitter/batch";
import { digestJob, digestOf, digestTask } from "../../../examples/job-submitter/job";
import { checkedContract } from "../../../outputs";
import { runStack } from "../stack";
import { exampleOutputs } from "../tools/surroundings";

const stack = checkedContract("example", {
  ...exampleOutputs,
  vault: { id: "i", name: "v", uri: "https://v.vault.azure.net/", secretNames: ["one", "two"] },
  pools: { big: { id: "i", name: "big1234", os: "linux" }, wide: { id: "i", name: "wide5678", os: "windows" } },
  taskEnvironment: { big: { KEY_VAULT_URI: "u", AZURE_CLIENT_ID: "c" }, wide: {} },
});
const order = { jobId: "digest-1", pool: "big", secretName: "two", nonce: "4e" };

test("the job runs on the pool as Batch knows it, in the environment that the stack gives, and ends by itself", () => {
  expect(digestJob(stack, order)).toEqual({
    id: "digest-1",
    poolInfo: { poolId: "big1234" },
    commonEnvironmentSettings: [
      { name: "KEY_VAULT_URI", value: "u" },
      { name: "AZURE_CLIENT_ID", value: "c" },
    ],
    constraints: { maxWallClockTime: "PT30M" },
    onAllTasksComplete: "noaction",
  });
});

test("the task's command line is the same for all secrets, whose names come by the environment", () => {
  const [linux, windows] = [order, { ...order, pool: "wide" }].map((each) => digestTask(stack, each));
  expect(linux?.commandLine).toContain("/bin/get-secret");
  expect(windows?.commandLine).toContain("bin\\get-secret.ps1");
  for (const task of [linux, windows]) {
    expect(task?.commandLine).not.toContain("two");
    expect(task?.environmentSettings).toEqual([
      { name: "SECRET_NAME", value: "two" },
      { name: "DIGEST_NONCE", value: "4e" },
    ]);
  }
});

test("what the stack does not have is refused with what it has", () => {
  expect(() => digestJob(stack, { ...order, pool: "small" })).toThrow("--pool: found small, expected one of big, wide");
  expect(() => digestJob(stack, { ...order, pool: "toString" })).toThrow("--pool: found toString");
  expect(() => digestTask(stack, { ...order, secretName: "three" })).toThrow(
    "--secret: found three, expected one of one, two",
  );
});

test("a digest is that of nonce and value together", () => {
  // echo -n 4evalue | sha256sum
  expect(digestOf("4e", "value")).toBe("49ff7583cfdb150a18edade4a325073b7e634198a44d55d9d865908f4a16a21b");
  expect(digestOf("4f", "value")).not.toBe(digestOf("4e", "value"));
});

test("the role is looked for in the account's own subscription", () => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a";
  expect(partsOf(id)).toEqual({ subscriptionId: "s", resourceGroup: "g" });
  expect(jobSubmitterRole(id)).toMatch(
    /^\/subscriptions\/s\/providers\/Microsoft\.Authorization\/roleDefinitions\/48e5e92e-/,
  );
  expect(() => partsOf("a")).toThrow("Batch account: found id a, expected /subscriptions/");
});

test("a refusal is one line", () => {
  const refusal = { statusCode: 403, body: { code: "No", message: { value: "You may not.\nRequestId:1" } } };
  expect(reasonOf(refusal)).toBe("Batch answered 403 No: You may not.");
  expect(reasonOf(new Error("no such host\nat x"))).toBe("no such host");
});

test.each([
  [1, [1]],
  [2, [2, 1]],
  [5, [5, 4]],
])("at generation %i the submitter's certificates are %j", async (generation, expected) => {
  const { value, all } = await runStack(() => certificates(generation).map((each) => each.generation));
  expect(value).toEqual(expected);
  expect(all("tls:index/privateKey:PrivateKey").map(({ name }) => name)).toEqual(
    expected.map((each) => `submitter-${each}`),
  );
});

test.each([0, 1.5])("there is no generation %d", (generation) => {
  expect(() => certificates(generation)).toThrow(`generation: found ${generation}, expected a whole number from 1`);
});
