import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack, type Steps } from "./testStack";
import { expires, secretValue, vaultProgram } from "./vaultProgram";

describe("the bundled azure-native provider", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let first: Steps;
  const vaultName = "providers-1";
  const changes = { tags: { "cost.centre": "7" }, value: "another", permissions: ["get", "list"] };

  beforeAll(async () => {
    azure = await TestEmulator.start();
  });

  // One stack and vault for all: each test goes on from what the one before left.
  beforeAll(async () => {
    stack = await TestStack.open(connectionTo(azure));
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  const send = sendToArm(() => azure);

  test("preview and up", async () => {
    const preview = await stack.preview(vaultProgram(vaultName));
    expect(preview.changes).toEqual({ create: 7 });

    first = await stack.up(vaultProgram(vaultName));
    expect(first.changes).toEqual({ create: 7 });
    expect(first.outputs).toMatchObject({
      group: expect.stringMatching(/^group[0-9a-f]{8}$/) as string,
      identityName: expect.stringMatching(/^identity[0-9a-f]{8}$/) as string,
      identityLocation: "westeurope",
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      vaultUri: `https://${vaultName}.vault.azure.net/`,
      secretUri: `https://${vaultName}.vault.azure.net/secrets/entry`,
      apiVersion: "2024-11-01",
    });
    expect(stack.state().text.includes(secretValue)).toBe(false);
    expect(stack.resource("entry").inputs?.["properties"]).toMatchObject({
      value: { ciphertext: expect.any(String) as string },
    });

    expect(stack.resource("entry").outputs).toHaveProperty("properties.attributes.expires", expires);
    const { json } = await send("GET", stack.resource("entry").id, "2024-11-01");
    expect(json).toHaveProperty("properties.attributes.exp", expires);
  });

  test("changes in place, and the policies of other resources survive a change of the vault", async () => {
    const changed = await stack.up(vaultProgram(vaultName, changes));
    expect([...changed.steps].sort()).toEqual(["update entry", "update reader", "update vault"]);
    expect(changed.diffs).toEqual({
      vault: { tags: "add" },
      reader: { "policy.permissions.secrets[1]": "add" },
      entry: { "properties.value": "update" },
    });
    expect(changed.outputs["secretUri"]).toBe(first.outputs["secretUri"]);
    expect(changed.outputs["secretVersion"]).not.toBe(first.outputs["secretVersion"]);
    const { json } = await send("GET", first.outputs["vaultId"], "2024-11-01");
    expect(json).toMatchObject({ tags: { "cost.centre": "7" } });
    expect((json as { properties: { accessPolicies: unknown[] } }).properties.accessPolicies).toHaveLength(2);
    expect((await stack.refresh()).changes).toEqual({ same: 7 });

    expect((await stack.up(vaultProgram(vaultName, changes))).changes).toEqual({ same: 7 });

    // A location in other words is the same one.
    const retagged = await stack.preview(
      vaultProgram(vaultName, { ...changes, tags: { "cost.centre": "8" }, location: "West Europe" }),
    );
    expect(retagged.diffs).toEqual({ vault: { 'tags["cost.centre"]': "update" } });
    expect(retagged.steps).not.toContain("replace group");
  });

  test("a refresh takes up drift and nothing that the service filled in, and what is gone is made again", async () => {
    const { outputs } = first;
    const before = stack.resource("vault").inputs;
    const { json } = await send("GET", outputs["vaultId"], "2024-11-01");
    const live = json as { location: string; properties: Record<string, unknown> };
    await send("PUT", outputs["vaultId"], "2024-11-01", {
      location: live.location,
      tags: { owner: "someone" },
      properties: { ...live.properties, enabledForDeployment: true },
    });
    const objectId = (stack.resource("reader").outputs?.["policy"] as { objectId: string }).objectId;
    expect(stack.resource("reader").id).toBe(`${String(outputs["vaultId"])}/accessPolicy/${objectId}`);
    await send("PUT", `${String(outputs["vaultId"])}/accessPolicies/remove`, "2023-07-01", {
      properties: {
        accessPolicies: [
          { tenantId: azure.world.tenant.tenantId, objectId, permissions: { secrets: ["get", "list"] } },
        ],
      },
    });
    const token = await azure.token("https://vault.azure.net");
    const secretUrl = `https://${vaultName}.vault.azure.net/secrets/entry?api-version=7.4`;
    expect((await azure.send("DELETE", secretUrl, { token })).status).toBe(200);

    const drift = await stack.refresh();
    expect(drift.changes).toMatchObject({ update: 1, delete: 2 });
    const { properties, ...others } = stack.resource("vault").inputs ?? {};
    expect(others).toMatchObject({ tags: { owner: "someone" } });
    expect(properties).toEqual({ ...(before?.["properties"] as object), enabledForDeployment: true });

    const back = await stack.up(vaultProgram(vaultName, { value: "recovered" }));
    expect([...back.steps].sort()).toEqual(["create entry", "create reader", "update vault"]);
    expect(back.diffs["vault"]).toEqual({ tags: "delete", "properties.enabledForDeployment": "update" });
    expect((await send("GET", outputs["vaultId"], "2024-11-01")).json).not.toHaveProperty("tags.owner");
    // The secret was soft-deleted: it is recovered, and gets the new value.
    expect((await azure.send("GET", secretUrl, { token })).json).toMatchObject({ value: "recovered" });
  });

  test("a destroy removes all of it, and what is soft-deleted is not made again", async () => {
    expect((await stack.destroy()).changes).toEqual({ delete: 7 });
    expect((await send("GET", first.outputs["vaultId"], "2024-11-01")).status).toBe(404);
    await expect(stack.up(vaultProgram(vaultName))).rejects.toThrow(/Status=409 Code="\w+" Message=".*deleted/s);
  });
});
