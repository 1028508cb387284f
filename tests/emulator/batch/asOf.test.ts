import { TestEmulator } from "../harness";
import { poolBody, Subscription } from "./subscription";

const earlier = new Date("2024-01-31");
const later = new Date("2028-12-01");

let azure: TestEmulator;
let subscription: Subscription;

beforeAll(async () => {
  azure = await TestEmulator.start(new Date("2026-11-24T12:00:00Z"), earlier);
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
});

afterAll(async () => {
  await azure.stop();
});

const errorOf = ({ json }: { json: unknown }) => (json as { error?: { code: string; message: string } }).error;
const focal = {
  imageReference: { publisher: "canonical", offer: "0001-com-ubuntu-server-focal", sku: "20_04-lts" },
  nodeAgentSkuId: "batch.node.ubuntu 20.04",
};

it.each<[string, Record<string, unknown>]>([
  ["images", { deploymentConfiguration: { virtualMachineConfiguration: focal } }],
  ["VM families", { vmSize: "Standard_F2s_v2" }],
  ["classic communication", { targetNodeCommunicationMode: "Classic" }],
])("%s are there until the day on which they went, whatever the clock shows", async (_, properties) => {
  await azure.restart(earlier);
  expect((await subscription.putPool("dated", poolBody(properties))).status).toBe(200);
  await subscription.removePool("dated");
  await azure.restart(later);
  expect(errorOf(await subscription.putPool("dated", poolBody(properties)))?.code).toBe("InvalidPropertyValue");
});

it.each([
  ["the emulator has none", earlier],
  ["it was retired on 2024-02-29", later],
])("cloud services are refused, since %s", async (reason, asOf) => {
  await azure.restart(asOf);
  const deploymentConfiguration = { cloudServiceConfiguration: { osFamily: "6" } };
  const reply = await subscription.putPool("dated", poolBody({ deploymentConfiguration }), "2023-05-01");
  expect(errorOf(reply)?.message).toContain(`${reason}, expected virtualMachineConfiguration`);
});

it("times are the clock's", async () => {
  await azure.restart(earlier);
  const { json } = await subscription.putPool("timed", poolBody());
  expect(json).toMatchObject({ properties: { creationTime: "2026-11-24T12:00:00.000Z" } });
});
