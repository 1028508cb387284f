import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { Provider } from "@pulumi/azure-native/provider";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack } from "./testStack";

const groups = "2024-03-01";

let azure: TestEmulator;
let stack: TestStack;

beforeAll(async () => {
  azure = await TestEmulator.start();
});
afterAll(async () => {
  await azure.stop();
});
beforeEach(async () => {
  stack = await TestStack.open(connectionTo(azure));
  stack.setConfig("azure-native:location", "westeurope");
});
afterEach(async () => {
  await stack.close();
});

const send = sendToArm(() => azure);
const statusOf = async (id: unknown, version: string) => (await send("GET", id, version)).status;

describe("two providers of one program", () => {
  interface Variation {
    readonly otherSubscription?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }

  /** A group of one name in each subscription, and an identity in each group. */
  const program = ({ otherSubscription, tags }: Variation = {}) =>
    async function program() {
      const other = new Provider("other", {
        subscriptionId: otherSubscription ?? azure.world.tenant.otherSubscriptionId,
        location: "northeurope",
        // Nobody of the emulated tenant: the provider signs in as the deployer all the same.
        clientId: "somebody",
        clientSecret: "something",
      });
      const place = (name: string, options: { provider?: Provider }) => {
        const group = new ResourceGroup(name, { resourceGroupName: "place" }, options);
        const identity = new UserAssignedIdentity(
          `${name}-identity`,
          { resourceGroupName: group.name, resourceName: "identity", tags },
          options,
        );
        const { subscriptionId } = getClientConfigOutput(options);
        return { id: identity.id, location: identity.location, subscriptionId };
      };
      return Promise.resolve({ here: place("here", {}), there: place("there", { provider: other }) });
    };

  test("each work in their own subscription and location through preview, up, refresh and destroy", async () => {
    const { subscriptionId, otherSubscriptionId } = azure.world.tenant;
    const idIn = (subscription: string) =>
      `/subscriptions/${subscription}/resourceGroups/place/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity`;
    expect((await stack.preview(program())).changes).toEqual({ create: 6 });

    const { outputs } = await stack.up(program());
    expect(outputs).toEqual({
      here: { id: idIn(subscriptionId), location: "westeurope", subscriptionId },
      there: { id: idIn(otherSubscriptionId), location: "northeurope", subscriptionId: otherSubscriptionId },
    });
    expect((await stack.up(program())).changes).toEqual({ same: 6 });
    expect((await stack.refresh()).changes).toEqual({ same: 6 });

    const changed = await stack.up(program({ tags: { a: "b" } }));
    expect([...changed.steps].sort()).toEqual(["update here-identity", "update there-identity"]);
    for (const id of [idIn(subscriptionId), idIn(otherSubscriptionId)]) {
      expect((await send("GET", id, "2023-01-31")).json).toMatchObject({ tags: { a: "b" } });
    }
    await stack.destroy();
    for (const subscription of [subscriptionId, otherSubscriptionId]) {
      expect(await statusOf(`/subscriptions/${subscription}/resourceGroups/place`, groups)).toBe(404);
    }
  });

  test("a subscription that is not there is refused", async () => {
    const otherSubscription = "11111111-1111-4111-8111-111111111111";
    await expect(stack.up(program({ otherSubscription }))).rejects.toThrow(
      `Status=404 Code="SubscriptionNotFound" Message="The subscription '${otherSubscription}' could not be found."`,
    );
    await stack.destroy();
  });

  test("the stack's configuration rules the default provider", async () => {
    const { otherSubscriptionId } = azure.world.tenant;
    stack.setConfig("azure-native:subscriptionId", otherSubscriptionId);
    const { outputs } = await stack.up(async () => {
      const group = new ResourceGroup("group", {});
      return Promise.resolve({ id: group.id });
    });
    expect(outputs["id"]).toContain(`/subscriptions/${otherSubscriptionId}/`);
  });

  // The last, since it leaves both groups behind.
  test("another subscription of a provider moves nothing, as with the official provider", async () => {
    const { subscriptionId } = azure.world.tenant;
    await stack.up(program());
    const moved = await stack.up(program({ otherSubscription: subscriptionId }));
    expect(moved.steps).toEqual([]);
    expect((await stack.refresh()).changes).toMatchObject({ same: 6 });
    // But a change is sent to the other subscription: here to an identity of the same name that is in another region.
    await expect(stack.up(program({ otherSubscription: subscriptionId, tags: { a: "b" } }))).rejects.toThrow(
      'Status=409 Code="InvalidResourceLocation"',
    );
  });
});
