import { isSecret, output, runtime, secret, StackReference } from "@pulumi/pulumi";
import { checkedContract, readOutputs, stackOutputs } from "../../../outputs";
import { valueOf } from "../stack";

const parts = {
  tenantId: "t",
  signIn: { clientId: output("c"), applicationObjectId: "o", servicePrincipalObjectId: "s", unrelated: "x" },
  certificateSubject: "CN=x",
  generations: [
    { generation: 2, thumbprint: "AB", notBefore: "n", notAfter: "m", bundle: "a key" },
    { generation: 1, thumbprint: "CD", notBefore: "k", notAfter: "l", bundle: "a key" },
  ],
  vault: { id: "i", name: "v", uri: "u", secretNames: ["password"] },
  account: { id: "i", name: "a", endpoint: "e" },
  pools: { linux: { id: "i", name: "linux1", os: "linux", taskEnvironment: { A: "1" } } },
} as const;

test("the outputs are the contract's, and nothing else goes out", async () => {
  expect(await valueOf(output(stackOutputs(parts)))).toEqual({
    contractVersion: 1,
    access: "certificate",
    tenantId: "t",
    clientId: "c",
    applicationObjectId: "o",
    servicePrincipalObjectId: "s",
    certificate: { generation: 2, subject: "CN=x", thumbprint: "AB", notBefore: "n", notAfter: "m" },
    generations: [
      { generation: 2, thumbprint: "AB", notBefore: "n", notAfter: "m" },
      { generation: 1, thumbprint: "CD", notBefore: "k", notAfter: "l" },
    ],
    vault: parts.vault,
    batchAccount: parts.account,
    pools: { linux: { id: "i", name: "linux1", os: "linux" } },
    taskEnvironment: { linux: { A: "1" } },
  });
});

test("with a managed identity there is neither an application nor a certificate", async () => {
  const signIn = { clientId: "identity", servicePrincipalObjectId: "principal" };
  const outputs = await valueOf(
    output(stackOutputs({ ...parts, signIn, certificateSubject: undefined, generations: [] })),
  );
  expect(outputs).toMatchObject({
    access: "managedIdentity",
    clientId: "identity",
    servicePrincipalObjectId: "principal",
  });
  for (const name of ["applicationObjectId", "certificate", "generations"]) {
    expect(Object.keys(outputs)).not.toContain(name);
  }
});

/** A reference as the engine fills it: with a secret among them, all outputs together are one. */
async function reference(outputs: Record<string, unknown>, secretOutputNames: string[] = []): Promise<StackReference> {
  const held = Object.entries(outputs).map(([name, value]) => [
    name,
    secretOutputNames.includes(name) ? secret(value) : value,
  ]);
  const state = { name: "org/batch/prod", outputs: Object.fromEntries(held) as unknown, secretOutputNames };
  await runtime.setMocks({ newResource: ({ id }) => ({ id: id ?? "", state }), call: () => ({}) });
  return new StackReference("org/batch/prod");
}

const good = () => valueOf(output(stackOutputs(parts)));

test("another stack reads what this one tells", async () => {
  const read = readOutputs(await reference({ ...(await good()), later: "an output of a later program" }));
  expect(await valueOf(read)).toEqual(await good());
  expect(await isSecret(read)).toBe(false);
});

test("what is a secret there is a secret here, and nothing becomes one by standing beside a secret", async () => {
  const tenant = readOutputs(await reference(await good(), ["tenantId"]));
  expect([await isSecret(tenant), await isSecret(tenant.tenantId)]).toEqual([true, true]);
  expect((await valueOf(tenant)).tenantId).toBe("t");
  const beside = readOutputs(await reference({ ...(await good()), password: "p" }, ["password"]));
  expect(await isSecret(beside)).toBe(false);
});

test.each([
  [{ contractVersion: 2 }, "found contractVersion 2, expected contractVersion 1"],
  [{ contractVersion: "1" }, 'found contractVersion "1", expected contractVersion 1'],
  [{}, "found no contractVersion, expected contractVersion 1"],
])("outputs %j are refused", (outputs, expected) => {
  expect(() => checkedContract("org/batch/prod", outputs)).toThrow(`outputs of stack org/batch/prod: ${expected}`);
});

test("everything that is not as the version has it is told at once, by its path, and no value with it", async () => {
  const outputs = {
    ...(await good()),
    tenantId: undefined,
    generations: [{ generation: 1.5, thumbprint: "AB", notBefore: "n", notAfter: null }],
    vault: ["hunter2"],
    pools: { "my pool": { id: "i", name: 3, os: "hunter2" } },
    taskEnvironment: { linux: { A: true } },
  };
  const told = "outputs of stack org/batch/prod are not those of contract version 1:";
  expect(() => checkedContract("org/batch/prod", outputs)).toThrow(
    [
      told,
      "tenantId: found nothing, expected text",
      "generations[0].generation: found a number, expected a whole number",
      "generations[0].notAfter: found null, expected text",
      "vault: found a list, expected a mapping",
      'pools["my pool"].name: found a number, expected text',
      'pools["my pool"].os: found text, expected "linux" or "windows"',
      "taskEnvironment.linux.A: found a boolean, expected text",
    ].join("\n  "),
  );
});

test("outputs with secrets in place of which a mark stands are taken", async () => {
  const outputs = { ...(await good()), tenantId: "[secret]" };
  expect(checkedContract("s", outputs)).toEqual(outputs);
});
