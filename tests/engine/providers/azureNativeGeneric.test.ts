import { getResource, Resource, ResourceGroup, type ResourceArgs } from "@pulumi/azure-native/resources";
import { BatchAccount } from "@pulumi/azure-native/batch";
import { secret, type CustomResourceOptions } from "@pulumi/pulumi";
import { makeCertificate, makePfx } from "../../emulator/batch/subscription";
import { TestEmulator } from "../../emulator/harness";
import { connectionTo, sendToArm } from "./azure";
import { TestStack } from "./testStack";

const identityNamespace = { resourceProviderNamespace: "Microsoft.ManagedIdentity", parentResourcePath: "" };
const identityType = { ...identityNamespace, resourceType: "userAssignedIdentities" };
const identityVersion = "2023-01-31";

/** An emulator of the day `asOf` with a stack of its own, for the tests of one `describe`. */
function emulated(asOf?: Date) {
  const started: { azure?: TestEmulator; stack?: TestStack } = {};
  beforeAll(async () => {
    started.azure = await TestEmulator.start(undefined, asOf);
  });
  afterAll(async () => {
    await started.azure?.stop();
  });
  beforeEach(async () => {
    started.stack = await TestStack.open(connectionTo(started.azure as TestEmulator));
    started.stack.setConfig("azure-native:location", "westeurope");
  });
  afterEach(async () => {
    await started.stack?.close();
  });
  return { azure: () => started.azure as TestEmulator, stack: () => started.stack as TestStack };
}

describe("a generic resource at the top of its group", () => {
  const { azure, stack } = emulated();
  const send = sendToArm(azure);
  let count = 0;

  const program = (args: Partial<ResourceArgs> = {}) =>
    async function program() {
      const group = new ResourceGroup("group", { resourceGroupName: `generic-${count}` });
      const resource = new Resource("thing", {
        ...identityType,
        resourceGroupName: group.name,
        apiVersion: identityVersion,
        ...args,
      });
      const { id, name, type, location, tags, properties } = resource;
      return Promise.resolve({ id, name, type, location, tags, properties });
    };

  beforeEach(() => {
    count += 1;
  });

  test("is made, changed, refreshed and removed with the api-version that it is given", async () => {
    expect((await stack().preview(program())).changes).toEqual({ create: 3 });
    const { outputs } = await stack().up(program());
    expect(outputs).toMatchObject({
      name: expect.stringMatching(/^thing[0-9a-f]{8}$/) as string,
      type: "Microsoft.ManagedIdentity/userAssignedIdentities",
      location: "westeurope",
      properties: { tenantId: azure().world.tenant.tenantId },
    });
    const { subscriptionId } = azure().world.tenant;
    expect(outputs["id"]).toBe(
      `/subscriptions/${subscriptionId}/resourceGroups/generic-${count}/providers/Microsoft.ManagedIdentity/` +
        `userAssignedIdentities/${String(outputs["name"])}`,
    );
    expect((await stack().up(program())).changes).toEqual({ same: 3 });
    expect((await stack().refresh()).changes).toEqual({ same: 3 });

    const tagged = await stack().up(program({ tags: { a: "b" } }));
    expect([tagged.steps, tagged.diffs]).toEqual([["update thing"], { thing: { tags: "add" } }]);
    const inputs = stack().resource("thing").inputs;
    await send("PUT", outputs["id"], identityVersion, { location: "westeurope", tags: { a: "c" } });
    expect((await stack().refresh()).changes).toMatchObject({ update: 1 });
    expect(stack().resource("thing").inputs).toEqual({ ...inputs, tags: { a: "c" } });

    const otherVersion = await stack().up(program({ tags: { a: "c" }, apiVersion: "2024-11-30" }));
    expect([otherVersion.steps, otherVersion.diffs]).toEqual([["update thing"], { thing: { apiVersion: "update" } }]);
    expect((await stack().refresh()).changes).toEqual({ same: 3 });
    await stack().destroy();
    expect((await send("GET", outputs["id"], identityVersion)).status).toBe(404);
  });

  test("is looked up by the same parts, and replaced where one of them changes", async () => {
    const place = { resourceGroupName: `generic-${count}`, ...identityType };
    await stack().up(program({ resourceName: "given" }));
    const { outputs } = await stack().up(async () => {
      const found = await getResource({ ...place, resourceName: "given", apiVersion: identityVersion });
      const made = await program({ resourceName: "given" })();
      return { ...made, found };
    });
    expect(outputs["found"]).toMatchObject({ id: outputs["id"], name: "given", properties: outputs["properties"] });
    const { steps } = await stack().up(program({ resourceName: "another" }));
    expect(steps.indexOf("delete-replaced thing")).toBeLessThan(steps.indexOf("create-replacement thing"));
  });

  test("is not made with an api-version that its service does not have, nor over one that is there", async () => {
    await expect(stack().up(program({ apiVersion: "2001-01-01" }))).rejects.toThrow(
      /Status=400 Code="NoRegisteredProviderFound" Message=".*'2001-01-01' for type 'userAssignedIdentities'/,
    );
    const { subscriptionId } = azure().world.tenant;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/generic-${count}`;
    const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs`;
    expect((await send("PUT", id, identityVersion, { location: "westeurope" })).status).toBe(201);
    await expect(stack().up(program({ resourceName: "theirs" }))).rejects.toThrow("cannot check existence of resource");
    expect((await send("GET", id, identityVersion)).status).toBe(200);
  });
});

/** A certificate of a Batch account. */
const certificateProgram =
  (certificate: { thumbprint: string; data: string; password: string }, options: CustomResourceOptions = {}) =>
  async () => {
    const group = new ResourceGroup("group", {});
    const account = new BatchAccount("account", { resourceGroupName: group.name });
    const { thumbprint, data, password } = certificate;
    const resource = new Resource(
      "certificate",
      {
        resourceGroupName: group.name,
        resourceProviderNamespace: "Microsoft.Batch",
        parentResourcePath: account.name.apply((name) => `batchAccounts/${name}`),
        resourceType: "certificates",
        resourceName: `sha1-${thumbprint}`,
        apiVersion: "2024-07-01",
        properties: {
          thumbprint,
          thumbprintAlgorithm: "sha1",
          format: "Pfx",
          data: secret(data),
          password: secret(password),
        },
      },
      options,
    );
    return Promise.resolve({ id: resource.id, type: resource.type, properties: resource.properties });
  };

async function newCertificate(password = "a-plain-Password-1") {
  const { pem, thumbprint } = await makeCertificate("CN=generic");
  return { pem, thumbprint: thumbprint.toLowerCase(), data: makePfx(pem, password), password };
}

describe("a generic resource below another one, with values that are only written", () => {
  const { azure, stack } = emulated(new Date("2024-01-31"));
  const send = sendToArm(azure);

  test("keeps them as they are given and secret, through up, refresh, change and replacement", async () => {
    const first = await newCertificate();
    const { outputs } = await stack().up(certificateProgram(first));
    expect(outputs).toMatchObject({
      id: expect.stringMatching(`/batchAccounts/account[0-9a-f]{8}/certificates/sha1-${first.thumbprint}$`) as string,
      type: "Microsoft.Batch/batchAccounts/certificates",
      properties: { thumbprint: first.thumbprint, provisioningState: "Succeeded" },
    });
    const secretsOf = (text: string) => [first.data, first.password].filter((value) => text.includes(value));
    expect(secretsOf(stack().state().text)).toEqual([]);
    const inputs = stack().resource("certificate").inputs?.["properties"] as Record<string, unknown>;
    expect(inputs["password"]).toHaveProperty("ciphertext");
    expect((await stack().up(certificateProgram(first))).changes).toEqual({ same: 4 });
    expect((await stack().refresh()).changes).toEqual({ same: 4 });
    expect(Object.keys(stack().resource("certificate").inputs?.["properties"] as object)).toEqual(Object.keys(inputs));
    expect(secretsOf(stack().state().text)).toEqual([]);
    expect((await stack().up(certificateProgram(first))).changes).toEqual({ same: 4 });

    const wrapped = { ...first, password: "another-1", data: makePfx(first.pem, "another-1") };
    const changed = await stack().up(certificateProgram(wrapped));
    expect(changed.diffs).toEqual({
      certificate: { "properties.data": "update", "properties.password": "update" },
    });
    const second = await newCertificate();
    const replaced = await stack().up(certificateProgram(second, { deleteBeforeReplace: false }));
    expect(replaced.steps.indexOf("create-replacement certificate")).toBeLessThan(
      replaced.steps.indexOf("delete-replaced certificate"),
    );
    expect((await send("GET", outputs["id"], "2024-07-01")).status).toBe(404);
    await stack().destroy();
    expect((await send("GET", replaced.outputs["id"], "2024-07-01")).status).toBe(404);
  });
});

describe("a generic resource that Azure refuses", () => {
  const { stack } = emulated();

  test("tells Azure's code and message", async () => {
    const certificate = await newCertificate();
    await expect(stack().up(certificateProgram(certificate))).rejects.toThrow(
      /certificates\/sha1-[0-9a-f]{40}: Status=400 Code="CertificateRetired" Message="The 'Azure Batch Certificates' feature was retired/,
    );
    expect(stack().state().text).not.toContain(certificate.password);
  });
});
