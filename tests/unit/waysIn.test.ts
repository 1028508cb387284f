import { output } from "@pulumi/pulumi";
import fc from "fast-check";
import program from "../../index";
import { deploy } from "./deploy";
import { validConfigurations } from "./settings/validConfigurations";
import { runStack, textInClear, valueOf, type Registration, type RunOptions } from "./stack";

const namesOf = (registrations: readonly Registration[], type: string) =>
  registrations.filter((each) => each.type === type).map(({ name }) => name);

describe("access: managedIdentity", () => {
  const managed = { "batch-keyvault:access": "managedIdentity" };

  test("makes no certificate and no application; the pools' identity may get the secrets", async () => {
    const run = await deploy("local", managed);
    const unwanted = run.registrations.filter(({ type }) => /^(tls|azuread):|Application|Certificate/.test(type));
    expect(unwanted.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
    expect(namesOf(run.registrations, "azure-native:keyvault:Vault")).toEqual(["vault"]);
    expect(run.one("azure-native:keyvault:AccessPolicy", "reader").inputs["policy"]).toEqual({
      tenantId: "tenant",
      objectId: "identity-principal",
      permissions: { secrets: ["get"] },
    });
    for (const pool of run.all("azure-native:batch:Pool")) {
      expect(pool.inputs["identity"]).toMatchObject({ userAssignedIdentities: ["id-of-reader"] });
      expect(JSON.stringify(pool.inputs["deploymentConfiguration"])).not.toContain("extensions");
      expect(pool.dependencies).toContain("azure-native:keyvault:AccessPolicy::reader");
    }
  });

  test("tells tasks to sign in as the identity", async () => {
    const outputs = (await valueOf(output((await deploy("local", managed)).value))) as Record<string, unknown>;
    expect(outputs).toMatchObject({
      access: "managedIdentity",
      clientId: "bbbbbbbb-0000-4000-8000-000000000002",
      servicePrincipalObjectId: "identity-principal",
      taskEnvironment: { linux: { BATCH_KEYVAULT_ACCESS: "managedIdentity" } },
    });
    expect(Object.keys(outputs)).not.toContain("certificate");
  });
});

describe("delivery: batchAccount", () => {
  const old = { "batch-keyvault:certificate": { delivery: "batchAccount", generation: 2 } };

  test("puts both generations on the account, and refers to them on the pools", async () => {
    const run = await deploy("local", old);
    const certificates = run.all("azure-native:resources:Resource");
    expect(certificates.map(({ name }) => name)).toEqual(["certs-2", "certs-1"]);
    // No node gets a certificate before Entra knows it.
    expect(certificates[0]?.dependencies).toContain(
      "azuread:index/applicationCertificate:ApplicationCertificate::application-2",
    );
    for (const pool of run.all("azure-native:batch:Pool")) {
      expect(pool.inputs["certificates"]).toMatchObject([{ id: "id-of-certs-2" }, { id: "id-of-certs-1" }]);
      expect(pool.inputs).not.toHaveProperty("identity");
    }
    expect(namesOf(run.registrations, "azure-native:keyvault:Vault")).toEqual(["vault"]);
  });

  test("sends no key and no password in clear", async () => {
    const { registrations } = await deploy("local", old);
    expect(registrations.flatMap(({ sent }) => textInClear(sent)).join()).not.toMatch(
      /BEGIN PRIVATE KEY|generated-for/,
    );
    const components = registrations.filter(({ isComponent }) => isComponent);
    expect(JSON.stringify(components.map(({ inputs }) => inputs))).not.toMatch(/BEGIN PRIVATE KEY|generated-for/);
  });
});

describe("permissionModel: rbac", () => {
  const rbac = { "batch-keyvault:vault": { permissionModel: "rbac", secrets: [named("one"), named("two")] } };

  test("gives roles on the single secrets, and no policy", async () => {
    const run = await deploy("local", rbac);
    expect(run.all("azure-native:keyvault:AccessPolicy")).toEqual([]);
    const roles = run.all("azure-native:authorization:RoleAssignment");
    expect(roles.map(({ name, inputs }) => [name, inputs["scope"], inputs["principalId"]]).sort()).toEqual([
      ["application-one", "id-of-vault/secrets/one", "service-principal-object"],
      ["application-two", "id-of-vault/secrets/two", "service-principal-object"],
      ["certs-deployer", "id-of-certs", "azure-deployer"],
      ["certs-reader-batch-certificate", "id-of-certs/secrets/batch-certificate", "identity-principal"],
      ["vault-deployer", "id-of-vault", "azure-deployer"],
    ]);
    expect(new Set(roles.map(({ inputs }) => inputs["principalType"]))).toEqual(new Set(["ServicePrincipal"]));
  });

  test("a role on a secret comes when the secret is there", async () => {
    const role = (await deploy("local", rbac)).one("azure-native:authorization:RoleAssignment", "application-one");
    expect(role.dependencies).toContain("azure-native:keyvault:Secret::vault-one");
  });
});

function named(name: string) {
  return { name, generate: { length: 20 } };
}

describe("vault.existingId", () => {
  const existingId = (subscription = "subscription") =>
    `/subscriptions/${subscription}/resourceGroups/keepers/providers/Microsoft.KeyVault/vaults/BatchVault`;
  const functions = (properties: object = {}): RunOptions["functions"] => ({
    "azure-native:keyvault:getVault": () => ({
      id: existingId(),
      name: "BatchVault",
      properties: { tenantId: "tenant", vaultUri: "https://batchvault.vault.azure.net/", ...properties },
    }),
    "azure-native:keyvault:getSecret": ({ secretName }) => ({ name: secretName }),
  });
  const settings = (subscription?: string) => ({
    "batch-keyvault:vault": { existingId: existingId(subscription), secrets: [{ name: "there" }, named("added")] },
  });

  test("is read by tasks; the stack adds its own right and secret, which stays", async () => {
    const run = await deploy("local", settings(), [], [], functions());
    expect(namesOf(run.registrations, "azure-native:keyvault:Vault")).toEqual(["certs"]);
    expect(run.one("azure-native:keyvault:AccessPolicy", "application").inputs).toMatchObject({
      resourceGroupName: "keepers",
      vaultName: "BatchVault",
    });
    expect(run.one("azure-native:keyvault:Secret", "vault-added").retainOnDelete).toBe(true);
    expect(await valueOf(output(run.value))).toMatchObject({
      vault: { name: "BatchVault", uri: "https://batchvault.vault.azure.net/", secretNames: ["there", "added"] },
    });
    expect(namesOf(run.registrations, "pulumi:providers:azure-native")).toEqual([]);
  });

  test("in another subscription is reached by a provider of its own, and nothing else is", async () => {
    const config = { "azure-native:clientId": "deployer", "azure-native:useOidc": "true", ...settings("other") };
    const run = await deploy("local", config, [], [], functions());
    expect(run.one("pulumi:providers:azure-native", "subscription-other").inputs).toMatchObject({
      ...{ subscriptionId: "other", clientId: "deployer", useOidc: "true" },
    });
    const elsewhere = run.registrations.filter(({ provider }) => provider === "subscription-other");
    expect(elsewhere.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "azure-native:keyvault:AccessPolicy application",
      "azure-native:keyvault:Secret vault-added",
    ]);
  });

  test.each([
    [{ enableRbacAuthorization: true }, "permissionModel: found rbac, expected accessPolicy"],
    [{ tenantId: "another" }, "tenant: found another, expected tenant"],
  ])("with %j is refused, and nothing is made", async (properties, expected) => {
    const registrations: Registration[] = [];
    await expect(deploy("local", settings(), [], registrations, functions(properties))).rejects.toThrow(expected);
    expect(registrations).toEqual([]);
  });
});

describe("poolAllocationMode: UserSubscription", () => {
  const functions: RunOptions["functions"] = {
    "azuread:index/getServicePrincipal:getServicePrincipal": ({ clientId }) => ({
      objectId: `object-of-${String(clientId)}`,
    }),
  };

  test("gives the Batch service a vault of its own", async () => {
    const settings = { "batch-keyvault:batch": { poolAllocationMode: "UserSubscription" } };
    const run = await deploy("local", settings, [], [], functions);
    expect(run.one("azure-native:batch:BatchAccount").inputs).toMatchObject({
      poolAllocationMode: "UserSubscription",
      keyVaultReference: { id: "id-of-service", url: "https://service-local-1a2b3c4d.vault.azure.net/" },
    });
    expect(run.one("azure-native:keyvault:Vault", "service").inputs["properties"]).toMatchObject({
      enabledForDeployment: true,
      enableRbacAuthorization: false,
    });
    expect(run.one("azure-native:keyvault:AccessPolicy", "service-service").inputs["policy"]).toMatchObject({
      objectId: "object-of-ddbf3205-c6bd-46ae-8127-60eb93363864",
      permissions: { secrets: ["get", "list", "set", "delete", "recover"] },
    });
    expect(run.one("azure-native:batch:BatchAccount").dependencies).toContain(
      "azure-native:keyvault:AccessPolicy::service-service",
    );
  });
});

describe("certificate.revoke", () => {
  const configure = (more: object) => ({ "batch-keyvault:certificate": { generation: 4, keepPrevious: 2, ...more } });

  test("cuts off a generation that would be kept, and publishes the newest elsewhere", async () => {
    const run = await deploy("local", configure({ revoke: [3] }));
    expect(namesOf(run.registrations, "azuread:index/applicationCertificate:ApplicationCertificate").sort()).toEqual([
      "application-2",
      "application-4",
    ]);
    expect(run.one("azure-native:keyvault:Secret", "certs-batch-certificate-after-3").inputs["secretName"]).toBe(
      "batch-certificate-after-3",
    );
    for (const pool of run.all("azure-native:batch:Pool")) {
      expect(JSON.stringify(pool.inputs["deploymentConfiguration"])).toContain("/secrets/batch-certificate-after-3");
    }
    const { generations } = (await valueOf(output(run.value))) as { generations: { generation: number }[] };
    expect(generations.map(({ generation }) => generation)).toEqual([4, 2]);
  });

  test("refuses the generation that is in use", async () => {
    await expect(deploy("local", configure({ revoke: [4] }))).rejects.toThrow(
      "certificate.revoke[0]: found 4, expected a generation before 4, which is in use: raise generation in the same change to cut it off",
    );
  });
});

test("the extension looks for certificates as often as it is told", async () => {
  const run = await deploy("local", { "batch-keyvault:certificate": { pollingMinutes: 5 } });
  const { inputs } = run.one("azure-native:batch:Pool", "linux");
  expect(JSON.stringify(inputs["deploymentConfiguration"])).toContain('"pollingIntervalInS":"300"');
});

test("protect is on vaults, application and group, and on nothing that has to change", async () => {
  const run = await deploy("prod");
  expect(
    run.registrations
      .filter((each) => each.protect)
      .map(({ type, name }) => `${type} ${name}`)
      .sort(),
  ).toEqual([
    "azure-native:keyvault:Vault certs",
    "azure-native:keyvault:Vault vault",
    "azure-native:resources:ResourceGroup batch-keyvault",
    "azuread:index/application:Application application",
  ]);
  expect((await deploy("local")).registrations.filter((each) => each.protect)).toEqual([]);
});

test("every good configuration can be previewed, and sends no secret in clear", async () => {
  const functions: RunOptions["functions"] = {
    "azure-native:keyvault:getSecret": ({ secretName }) => ({ name: secretName }),
    "azuread:index/getServicePrincipal:getServicePrincipal": () => ({ objectId: "batch-service" }),
  };
  await fc.assert(
    fc.asyncProperty(validConfigurations, async ({ config, secretKeys }) => {
      const { permissionModel } = JSON.parse(config["batch-keyvault:vault"] ?? "{}") as { permissionModel?: string };
      const properties = { tenantId: "tenant", vaultUri: "u", enableRbacAuthorization: permissionModel === "rbac" };
      const getVault = ({ vaultName }: Record<string, unknown>) => ({ id: "vault", name: vaultName, properties });
      const run = await runStack(program, {
        ...{ config, secretKeys, functions: { ...functions, "azure-native:keyvault:getVault": getVault } },
      });
      const pools = JSON.parse(config["batch-keyvault:pools"] ?? "[0]") as unknown[];
      expect(run.all("azure-native:batch:Pool").length).toBe(pools.length);
      expect(run.registrations.flatMap(({ sent }) => textInClear(sent)).join()).not.toMatch(
        /BEGIN PRIVATE KEY|generated-for/,
      );
    }),
    { numRuns: 20 },
  );
});
