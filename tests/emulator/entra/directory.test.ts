import { randomUUID } from "node:crypto";
import {
  addManagedIdentityPrincipal,
  certificatesOf,
  findPrincipal,
  passwordsOf,
  servicePrincipals,
} from "../../../emulator/entra/directory";
import { onBehalfOf } from "../../../emulator/store/client";
import { makeCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import { codeOf, GraphCaller } from "./graphHelper";

let emulator: TestEmulator;
let graph: GraphCaller;

beforeAll(async () => {
  emulator = await TestEmulator.start();
  graph = new GraphCaller(emulator);
});

afterAll(async () => {
  await emulator.stop();
});

test("credentials go with their application", async () => {
  const made = await graph.withCertificate(await makeCertificate());
  await graph.send("POST", `/applications/${made.id}/addPassword`, {});
  expect(certificatesOf(emulator.world, made.id)).toHaveLength(1);
  expect(passwordsOf(emulator.world, made.id)).toHaveLength(1);
  await graph.send("DELETE", `/applications/${made.id}`);
  expect(certificatesOf(emulator.world, made.id)).toEqual([]);
  expect(passwordsOf(emulator.world, made.id)).toEqual([]);
});

test("a managed identity's principal follows its resource, not a roll-back's ids, and not Graph", async () => {
  const { world } = emulator;
  const id = `/subscriptions/${world.tenant.subscriptionId}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
  const resources = world.store.collection("arm-resources");
  const { principalId } = onBehalfOf("run-1", () => {
    resources.put(id, { id });
    return addManagedIdentityPrincipal(world, { resourceId: id, displayName: "one" });
  });
  const refused = await graph.send("DELETE", `/servicePrincipals/${principalId}`);
  expect([refused.status, codeOf(refused)]).toEqual([403, "Authorization_RequestDenied"]);
  const collections = ["arm-resources", "service-principals"];
  expect(world.store.rollBack("run-1", [id], collections)).toEqual([]);
  expect(findPrincipal(world, principalId)).toMatchObject({ servicePrincipalType: "ManagedIdentity" });
  expect(world.store.rollBack("run-1", [], collections)).toEqual([id.toLowerCase()]);
  expect(findPrincipal(world, principalId)).toBeUndefined();
});

test("the deployer is made once", async () => {
  const before = servicePrincipals(emulator.world).list().length;
  await emulator.restart();
  expect(servicePrincipals(emulator.world).list()).toHaveLength(before);
  expect(findPrincipal(emulator.world, randomUUID())).toBeUndefined();
});
