import type { StackReference } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import { checkedContract, contractVersion, readOutputs, stackOutputs } from "../../../outputs";
import { valueOf } from "../stack";

const parts = {
  tenantId: "t",
  signIn: { clientId: output("c"), applicationObjectId: "o", servicePrincipalObjectId: "s", unrelated: "x" },
  certificates: [
    { generation: 2, subject: "CN=x", thumbprint: "AB", notBefore: "n", notAfter: "m", bundle: "a key" },
    { generation: 1, subject: "CN=x", thumbprint: "CD", notBefore: "k", notAfter: "l", bundle: "a key" },
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
  const outputs = await valueOf(output(stackOutputs({ ...parts, signIn, certificates: [] })));
  expect(outputs).toMatchObject({
    access: "managedIdentity",
    clientId: "identity",
    servicePrincipalObjectId: "principal",
  });
  for (const name of ["applicationObjectId", "certificate", "generations"]) {
    expect(Object.keys(outputs)).not.toContain(name);
  }
});

test("another stack reads what this one tells", async () => {
  const reference = { name: output("org/batch/prod"), outputs: output(stackOutputs(parts)) };
  const read = await valueOf(readOutputs(reference as unknown as StackReference));
  expect(read.vault.secretNames).toEqual(["password"]);
  expect(read.pools["linux"]?.os).toBe("linux");
});

test.each([
  [{ contractVersion: 2 }, "found contractVersion 2, expected contractVersion 1"],
  [{ contractVersion: "1" }, 'found contractVersion "1"'],
  [{}, "found no contractVersion, expected contractVersion 1"],
])("outputs %j are refused", (outputs, expected) => {
  expect(() => checkedContract("org/batch/prod", outputs)).toThrow(`outputs of stack org/batch/prod: ${expected}`);
});

test("outputs of this version are taken", () => {
  const outputs = { contractVersion, tenantId: "t" };
  expect(checkedContract("s", outputs)).toBe(outputs);
});
