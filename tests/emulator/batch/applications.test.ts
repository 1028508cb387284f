import "reflect-metadata";
import { BatchManagementClient } from "@azure/arm-batch";
import { TestEmulator } from "../harness";
import { batchVersion, Subscription } from "./subscription";

let azure: TestEmulator;
let subscription: Subscription;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
});

afterAll(async () => {
  await azure.stop();
});

it("@azure/arm-batch lives with an application from its making to its end", async () => {
  const { subscriptionId } = azure.world.tenant;
  const { applicationOperations: applications } = new BatchManagementClient(
    azure.deployer,
    subscriptionId,
    azure.clientOptions(),
  );
  const place = [subscription.group, "trialaccount", "digest"] as const;
  const made = await applications.create(...place, { parameters: { displayName: "Digest" } });
  expect(made).toMatchObject({ name: "digest", displayName: "Digest", allowUpdates: true });
  expect(made.id).toMatch(/\/batchAccounts\/trialaccount\/applications\/digest$/);

  const changed = await applications.update(...place, { allowUpdates: false });
  expect(changed).toMatchObject({ displayName: "Digest", allowUpdates: false });
  expect(changed.etag).not.toBe(made.etag);
  expect(await applications.get(...place)).toEqual(changed);
  const names: (string | undefined)[] = [];
  for await (const { name } of applications.list(subscription.group, "trialaccount")) names.push(name);
  expect(names).toEqual(["digest"]);

  await applications.delete(...place);
  await expect(applications.get(...place)).rejects.toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
});

it.each([
  ["a version that it does not have", "digest", { defaultVersion: "1.0" }, "InvalidPropertyValue"],
  ["a name of other characters", "di.gest", {}, "InvalidResourceName"],
  ["a property that it has not", "digest", { display: "Digest" }, "InvalidRequestBody"],
  ["a value of another type", "digest", { allowUpdates: "yes" }, "InvalidRequestBody"],
])("an application is refused with %s", async (_, name, properties, code) => {
  const id = `Microsoft.Batch/batchAccounts/trialaccount/applications/${name}`;
  const { status, json } = await subscription.arm("PUT", id, batchVersion, { properties });
  expect([status, (json as { error?: { code?: string } }).error?.code]).toEqual([400, code]);
});
