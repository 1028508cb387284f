import { log, output, secret } from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import {
  BatchAccountCertificates,
  type BatchAccountCertificatesArgs,
} from "../../../components/delivery/BatchAccountCertificates";
import { retirementHook, retirementMessage } from "../../../components/delivery/retirement";
import { KeyVaultAccess } from "../../../components/KeyVaultAccess";
import type { NodeOs } from "../../../nodes";
import { certificatePem, certificateThumbprint } from "../fixtures";
import { privateKeyPem, runStack, textInClear, valueOf, type Registration } from "../stack";
import { types } from "./types";
import { vault } from "./vaultReference";

const resource = "azure-native:resources:Resource";
const component = "batch-keyvault:index:BatchAccountCertificates";
const password = "random:index/randomPassword:RandomPassword";
const bundle = secret(privateKeyPem + certificatePem);
const otherThumbprint = "AB".repeat(20);

/** Names of the hooks that were registered, and by resource of those that it is bound to. */
const hooks: { registered: string[]; bound: Record<string, string[]> } = { registered: [], bound: {} };

interface Request {
  getName(): string;
  getHooks(): { getOnErrorList(): string[] } | undefined;
}

// Pulumi's mocks say that they take hooks, and do not.
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
const { registerResource } = MockMonitor.prototype;
Object.assign(MockMonitor.prototype, {
  registerErrorHook(request: Request, callback: (error: unknown, answer: unknown) => void) {
    hooks.registered.push(request.getName());
    callback(null, {});
  },
  registerResource(this: MockMonitor, request: Request, callback: (error: unknown, answer: unknown) => void) {
    const names = request.getHooks()?.getOnErrorList() ?? [];
    if (names.length > 0) hooks.bound[request.getName()] = names;
    return registerResource.call(this, request, callback);
  },
});

describe("BatchAccountCertificates", () => {
  let warn: jest.SpyInstance;

  beforeEach(() => {
    hooks.registered = [];
    hooks.bound = {};
    warn = jest.spyOn(log, "warn").mockResolvedValue();
  });

  afterEach(() => {
    warn.mockRestore();
  });

  const args: BatchAccountCertificatesArgs = {
    account: { resourceGroupName: "group", name: "account" },
    certificates: [
      { generation: 3, thumbprint: certificateThumbprint, bundle },
      { generation: 2, thumbprint: otherThumbprint, bundle },
    ],
  };
  const make = (more: Partial<BatchAccountCertificatesArgs> = {}) =>
    runStack(() => new BatchAccountCertificates("certs", { ...args, ...more }));

  test("each certificate is a resource of the Batch account, named by its generation in the program", async () => {
    const run = await make();
    const { properties, ...place } = run.one(resource, "certs-3").inputs;
    expect(place).toEqual({
      resourceGroupName: "group",
      resourceProviderNamespace: "Microsoft.Batch",
      parentResourcePath: "batchAccounts/account",
      resourceType: "certificates",
      resourceName: `sha1-${certificateThumbprint.toLowerCase()}`,
      apiVersion: "2024-07-01",
    });
    expect(properties).toMatchObject({
      thumbprintAlgorithm: "sha1",
      thumbprint: certificateThumbprint.toLowerCase(),
      format: "Pfx",
      password: "generated-for-certs-3",
    });
    expect(run.one(resource, "certs-2").inputs["resourceName"]).toBe(`sha1-${otherThumbprint.toLowerCase()}`);
  });

  test("a generation's resources stay what they are when another one comes and the last one goes", async () => {
    const ofGeneration3 = ({ type, name, inputs, parent }: Registration) =>
      name === "certs-3" ? [{ type, name, inputs, parent }] : [];
    const before = await make();
    const after = await make({
      certificates: [{ generation: 4, thumbprint: otherThumbprint, bundle }, ...args.certificates.slice(0, 1)],
    });
    expect(after.registrations.flatMap(ofGeneration3)).toEqual(before.registrations.flatMap(ofGeneration3));
    expect(after.all(resource).map(({ name }) => name)).toEqual(["certs-4", "certs-3"]);
  });

  test("key, file and password are secrets, and the component's inputs have none of them", async () => {
    const run = await make();
    const { data } = run.one(resource, "certs-3").inputs["properties"] as { data: string };
    expect(Buffer.from(data, "base64").length).toBeGreaterThan(1000);
    const clear = run.registrations.flatMap(({ sent }) => textInClear(sent)).join();
    expect(clear).not.toContain(data);
    expect(clear).not.toMatch(/generated-for|PRIVATE KEY/);
    expect(run.one(component).inputs).toEqual({
      account: args.account,
      certificates: [
        { generation: 3, thumbprint: certificateThumbprint },
        { generation: 2, thumbprint: otherThumbprint },
      ],
    });
  });

  test("the file is a secret even where the key it is made of is not marked as one", async () => {
    const plain = output(privateKeyPem + certificatePem);
    const run = await make({ certificates: [{ generation: 1, thumbprint: otherThumbprint, bundle: plain }] });
    const { data } = run.one(resource).inputs["properties"] as { data: string };
    expect(textInClear(run.one(resource).sent)).not.toContain(data);
  });

  test("passwords are long, and of letters and digits", async () => {
    const run = await make();
    expect(run.all(password).map(({ name }) => name)).toEqual(["certs-3", "certs-2"]);
    expect(run.one(password, "certs-3").inputs).toEqual({ length: 32, special: false });
  });

  test("all of it is below the component, and a replacement comes before what it replaces goes", async () => {
    const run = await make();
    const children = run.registrations.filter(({ type }) => type === resource || type === password);
    expect(children).toHaveLength(4);
    expect(children.map(({ parent }) => parent)).toEqual(Array(4).fill(`${component}::certs`));
    expect(run.all(resource).map(({ deleteBeforeReplace }) => deleteBeforeReplace)).toEqual([false, false]);
  });

  test("one comes after the other, the first after what the component depends on", async () => {
    const run = await runStack(() => {
      const access = new KeyVaultAccess("first", {
        vault,
        principal: { objectId: "a", type: "ServicePrincipal" },
        right: "read",
      });
      new BatchAccountCertificates("certs", args, { dependsOn: access });
    });
    expect(run.one(resource, "certs-3").dependencies).toContain(`${types.policy}::first`);
    expect(run.one(resource, "certs-2").dependencies).toContain(`${resource}::certs-3`);
    expect(run.one(resource, "certs-3").dependencies).not.toContain(`${resource}::certs-2`);
  });

  test("pools refer to every certificate; only Windows has stores", async () => {
    const { value } = await make();
    const visibility = ["StartTask", "Task", "RemoteUser"];
    const references = async (os: NodeOs) => (await valueOf(output(value.forPool(os)))).certificates;
    expect(await references("windows")).toEqual([
      { id: "id-of-certs-3", storeLocation: "LocalMachine", storeName: "My", visibility },
      { id: "id-of-certs-2", storeLocation: "LocalMachine", storeName: "My", visibility },
    ]);
    expect(await references("linux")).toEqual([
      { id: "id-of-certs-3", visibility },
      { id: "id-of-certs-2", visibility },
    ]);
  });

  test("tells the retirement in advance, once, at the component", async () => {
    const { value } = await make();
    expect(warn.mock.calls).toEqual([[retirementMessage, value]]);
  });

  test("tells it where Azure refuses a certificate, or a pool that is given its hooks", async () => {
    const { value } = await make();
    expect(value.hooks.onError).toHaveLength(1);
    expect(hooks.registered).toEqual(["certs-retirement"]);
    expect(hooks.bound).toEqual({ "certs-3": ["certs-retirement"], "certs-2": ["certs-retirement"] });
  });
});

describe("the hook for the retirement", () => {
  const answer = (...errors: string[]) =>
    runStack(() => {
      const { callback } = retirementHook("any");
      return callback({ urn: "", id: "", name: "", type: "", failedOperation: "create", errors });
    });

  test("tells what happened and how to go on", async () => {
    await expect(answer('PUT …: Status=400 Code="CertificateRetired" Message="…"')).rejects.toThrow(retirementMessage);
    expect(retirementMessage).toContain("2024-02-29");
    expect(retirementMessage).toContain("CertificateRetired");
    expect(retirementMessage).toContain("\n  batch-keyvault:certificate:\n    delivery: keyVaultExtension");
  });

  test.each([[[]], [['Code="QuotaExceeded"']], [['Code="Other"', 'Code="CertificateRetired"']]])(
    "leaves %j as it is, and does not try again",
    async (errors) => {
      expect((await answer(...errors)).value).toBe(false);
    },
  );
});
