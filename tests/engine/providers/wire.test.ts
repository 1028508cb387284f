import * as random from "@pulumi/random";
import { Arm, OperationFailure } from "../../../emulator/providers/azure-native/arm";
import { automaticName, fillPath, readPath } from "../../../emulator/providers/azure-native/ids";
import {
  anyResource,
  batchAccount,
  batchPool,
  resourceGroup,
  roleAssignment,
  vaultSecret,
} from "../../../emulator/providers/azure-native/types";
import type { AzureClient, AzureResponse } from "../../../emulator/providers/azure/client";
import { AzureFailure } from "../../../emulator/providers/azure/failure";
import { applyDrift, differences, pathText } from "../../../emulator/providers/wire/difference";
import { Locks } from "../../../emulator/providers/wire/locks";
import { PartialCreation, sdkVersion, type Provider } from "../../../emulator/providers/wire/provider";
import { fromWire, Secret, toWire, unknown } from "../../../emulator/providers/wire/values";
import { TestStack } from "./testStack";

describe("values on the wire", () => {
  test("come back as they went, without nulls and without the marks of secrets", () => {
    const sent = {
      text: "a",
      list: [1, unknown],
      inner: { secret: new Secret({ a: true }), nothing: null },
      absent: undefined,
    };
    expect(fromWire(toWire(sent))).toEqual({ text: "a", list: [1, unknown], inner: { secret: { a: true } } });
    expect(fromWire(undefined)).toEqual({});
  });
});

describe("differences", () => {
  const changed = (before: unknown, after: unknown) =>
    differences(before, after).map(({ path, kind }) => `${kind} ${pathText(path)}`);

  test("are named as deep as they go", () => {
    const before = { a: { b: [{ c: 1 }, 2] }, "x.y": { "1": 0 }, gone: 1, __internal: 1 };
    const after = { a: { b: [{ c: 2 }] }, "x.y": { "1": 1 }, come: 1, __internal: 2 };
    expect(changed(before, after)).toEqual([
      "update a.b[0].c",
      "delete a.b[1]",
      'update ["x.y"]["1"]',
      "delete gone",
      "add come",
    ]);
    expect(changed(before, before)).toEqual([]);
  });

  test("an unknown value always is one, another type is one as a whole", () => {
    expect(changed({ a: unknown, b: [1] }, { a: unknown, b: { c: 1 } })).toEqual(["update a", "update b"]);
  });
});

describe("drift", () => {
  test("changes what differs between two readings and leaves everything else of the inputs", () => {
    const inputs = { name: "a", tags: { mine: "1" }, list: [{ a: 1 }], size: 2 };
    const before = { name: "a", tags: { mine: "1" }, list: [{ a: 1, default: true }], size: 2, filledIn: "x" };
    expect(applyDrift(inputs, before, before)).toEqual(inputs);
    const after = { name: "a", tags: { mine: "1", theirs: "2" }, list: [{ a: 5, default: true }], filledIn: "x" };
    expect(applyDrift(inputs, before, after)).toEqual({
      name: "a",
      tags: { mine: "1", theirs: "2" },
      list: [{ a: 5 }],
    });
    expect(applyDrift(inputs, before, { ...before, list: [] })).toEqual({ ...inputs, list: [] });
  });
});

describe("locks", () => {
  test("let one piece of work after the other have a key, also after one that failed", async () => {
    const locks = new Locks();
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
      if (name === "first") throw new Error("first failed");
    };
    const results = await Promise.allSettled([locks.run("key", work("first")), locks.run("key", work("second"))]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  });
});

describe("ids of azure-native", () => {
  const request = { name: "thing", inputs: {}, oldInputs: {}, randomSeed: new Uint8Array([1, 2, 3]) };

  test("names are made up where they must be unique, the same from the same seed", () => {
    const group = automaticName(resourceGroup.path, request);
    expect(group).toEqual({
      resourceGroupName: expect.stringMatching(/^thing[0-9a-f]{8}$/) as string,
      __createBeforeDelete: true,
    });
    expect(automaticName(resourceGroup.path, request)).toEqual(group);
    expect(automaticName(resourceGroup.path, { ...request, randomSeed: new Uint8Array([4]) })).not.toEqual(group);
    expect(automaticName(batchAccount.path, request)).toHaveProperty("__createBeforeDelete", true);
    expect(automaticName(batchPool.path, request)).toEqual({ poolName: "thing" });
    expect(automaticName(vaultSecret.path, request)).toEqual({ secretName: "thing" });
  });

  test("a resource that is known only by its path is named as one at the top, and keeps its parent's slashes", () => {
    expect(automaticName(anyResource.path, request)).toHaveProperty("__createBeforeDelete", true);
    const parts = { resourceGroupName: "g", resourceProviderNamespace: "Microsoft.Batch", resourceName: "a b" };
    const idOf = (parentResourcePath: string, resourceType: string) =>
      fillPath(anyResource.path, { ...parts, parentResourcePath, resourceType }, "s");
    const group = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Batch";
    expect(idOf("/batchAccounts/one/", "certificates")).toBe(`${group}/batchAccounts/one/certificates/a%20b`);
    expect(idOf("", "batchAccounts")).toBe(`${group}//batchAccounts/a%20b`);
  });

  test("a name that is given or known stays", () => {
    expect(automaticName(batchPool.path, { ...request, inputs: { poolName: "given" } })).toEqual({});
    const oldInputs = { resourceGroupName: "thing0", __createBeforeDelete: true };
    expect(automaticName(resourceGroup.path, { ...request, oldInputs })).toEqual(oldInputs);
  });

  test("are filled from inputs and read back", () => {
    const inputs = { scope: "/subscriptions/s/resourceGroups/g", roleAssignmentName: "n" };
    const id = fillPath(roleAssignment.path, inputs, "s");
    expect(id).toBe("/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/roleAssignments/n");
    expect(readPath(roleAssignment.path, id)).toEqual(inputs);
    expect(readPath(resourceGroup.path, "/SUBSCRIPTIONS/s/resourcegroups/a%20b")).toEqual({ resourceGroupName: "a b" });
    expect(() => readPath(batchPool.path, id)).toThrow("expected /subscriptions/{subscriptionId}/resourceGroups");
  });
});

describe("operations that Resource Manager ends later", () => {
  /** A client that answers with `responses`, one after the other, and keeps what it was asked. */
  const armThatAnswers = (
    responses: readonly { status?: number; headers?: Record<string, string>; body?: Record<string, unknown> }[],
  ) => {
    const left = [...responses];
    const asked: string[] = [];
    const send = (_audience: string, method: string, url: string): Promise<AzureResponse> => {
      asked.push(`${method} ${url}`);
      const { status = 200, headers = {}, body = {} } = left.shift() ?? {};
      return Promise.resolve({ status, body, header: (name: string) => ({ "retry-after": "0", ...headers })[name] });
    };
    return { arm: new Arm({ send } as unknown as AzureClient, "subscription"), asked };
  };
  const url = "https://management.azure.com/id?api-version=v";

  test("are followed by their status, then read", async () => {
    const { arm, asked } = armThatAnswers([
      { status: 201, headers: { "azure-asyncoperation": "https://status" } },
      { body: { status: "Running" } },
      { body: { status: "Succeeded" } },
      { body: { id: "id" } },
    ]);
    expect(await arm.put("/id", "v", {})).toEqual({ id: "id" });
    expect(asked).toEqual([`PUT ${url}`, "GET https://status", "GET https://status", `GET ${url}`]);
  });

  test("are followed by their location, or by the resource's own state", async () => {
    const byLocation = armThatAnswers([
      { status: 202, headers: { location: "https://location" } },
      { status: 202 },
      {},
    ]);
    await byLocation.arm.delete("/id", "v");
    expect(byLocation.asked).toEqual([`DELETE ${url}`, "GET https://location", "GET https://location"]);

    const provisioned = (provisioningState: string) => ({ body: { properties: { provisioningState } } });
    const byState = armThatAnswers([provisioned("Creating"), provisioned("Creating"), provisioned("Succeeded")]);
    expect(await byState.arm.put("/id", "v", {})).toEqual(provisioned("Succeeded").body);
    expect(byState.asked).toHaveLength(3);
  });

  test("fail with Azure's reason", async () => {
    const { arm } = armThatAnswers([
      { status: 201, headers: { "azure-asyncoperation": "https://status" } },
      { body: { status: "Failed", error: { code: "QuotaExceeded", message: "no cores" } } },
    ]);
    await expect(arm.put("/id", "v", {})).rejects.toThrow(
      new OperationFailure('Code="QuotaExceeded" Message="no cores"'),
    );
  });

  test("refusals are told with request, status, code and message", () => {
    const failure = AzureFailure.of("PUT", `${url}&secret=x`, 409, { error: { code: "Conflict", message: "taken" } });
    expect(failure.message).toBe('PUT https://management.azure.com/id: Status=409 Code="Conflict" Message="taken"');
  });
});

describe("a resource that was made and then failed", () => {
  const halfMade: Provider = {
    name: "random",
    version: sdkVersion("random"),
    resources: {
      "random:index/randomUuid:RandomUuid": {
        replaces: () => false,
        preview: (inputs) => inputs,
        create: (inputs) => {
          throw new PartialCreation("half", { inputs, outputs: { ...inputs, result: "half" } }, "it stopped half way");
        },
        read: (_id, { inputs = {}, outputs = {} }) => ({ inputs, outputs }),
        update: (_id, inputs) => ({ ...inputs, result: "whole" }),
      },
    },
  };

  test("stays in the state with its reason and is mended by the next update", async () => {
    const stack = await TestStack.open({}, [halfMade]);
    const program = async () => Promise.resolve({ result: new random.RandomUuid("uuid").result });
    try {
      await expect(stack.up(program)).rejects.toThrow("it stopped half way");
      expect(stack.resource("uuid")).toMatchObject({
        id: "half",
        initErrors: ["it stopped half way"],
        outputs: { result: "half" },
      });
      expect((await stack.up(program)).steps).toEqual(["update uuid"]);
      expect(stack.resource("uuid").outputs).toEqual({ result: "whole" });
    } finally {
      await stack.close();
    }
  });

  test("types and functions that are not there are told by name", async () => {
    const stack = await TestStack.open({}, [halfMade]);
    try {
      await expect(stack.preview(async () => Promise.resolve({ id: new random.RandomPet("pet").id }))).rejects.toThrow(
        "the bundled provider random has no resource type random:index/randomPet:RandomPet; it has random:index/randomUuid",
      );
    } finally {
      await stack.close();
    }
  });
});
