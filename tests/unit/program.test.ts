import { output } from "@pulumi/pulumi";
import program from "../../index";
import { daysAfter } from "../../components/certificateTimes";
import { deploy } from "./deploy";
import { clientIds, validity } from "./fixtures";
import { privateKeyPem, textInClear, valueOf, type Registration } from "./stack";

/** Of a credential of Pulumi.local.yaml, which is for 90 days. */
const localEnd = daysAfter(validity.notBefore, 90);

const policies = (registrations: readonly Registration[]) =>
  registrations
    .filter(({ type }) => type === "azure-native:keyvault:AccessPolicy")
    .map(({ name, inputs }) => {
      const { objectId, permissions } = inputs["policy"] as { objectId: string; permissions: unknown };
      return [name, inputs["vaultName"], objectId, permissions];
    });

test("is one function, which the engine's language host calls", () => {
  expect(typeof program).toBe("function");
});

test.each([
  ["dev", 39, ["linux"]],
  ["local", 42, ["linux", "windows"]],
  ["prod", 46, ["linux", "linux-burst"]],
])("stack %s has %i resources, with the pools %j", async (stack, count, pools) => {
  const run = await deploy(stack);
  expect(run.registrations.map(({ type }) => type).length).toBe(count);
  expect(
    run
      .all("azure-native:batch:Pool")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(pools);
});

test("everything but the components and the resource group has a parent, and nothing is listed twice", async () => {
  const { registrations } = await deploy("prod");
  const orphans = registrations.filter(({ parent, isComponent }) => parent === "" && !isComponent);
  expect(orphans.map(({ type }) => type)).toEqual(["azure-native:resources:ResourceGroup"]);
  const names = registrations.map(({ type, name, parent }) => `${parent} ${type} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

test("the application may get secrets of the one vault, the pools' identity may get and list those of the other", async () => {
  const { registrations } = await deploy("local");
  const deployer = { secrets: ["get", "delete", "recover"] };
  expect(policies(registrations).sort()).toEqual([
    ["application", "vault-local-1a2b3c4d", "service-principal-object", { secrets: ["get"] }],
    ["certs-deployer", "certs-local-1a2b3c4d", "azure-deployer", deployer],
    ["certs-reader", "certs-local-1a2b3c4d", "identity-principal", { secrets: ["get", "list"] }],
    ["vault-deployer", "vault-local-1a2b3c4d", "azure-deployer", deployer],
  ]);
});

test("owners are the principal that Entra knows the deployer by", async () => {
  const run = await deploy("local");
  expect(run.one("azuread:index/application:Application").inputs["owners"]).toEqual(["entra-deployer"]);
});

test("policies of one vault are changed one after another", async () => {
  const run = await deploy("local");
  for (const [later, earlier] of [
    ["application", "vault-deployer"],
    ["certs-reader", "certs-deployer"],
  ] as const) {
    expect(run.one("azure-native:keyvault:AccessPolicy", later).dependencies).toContain(
      `azure-native:keyvault:AccessPolicy::${earlier}`,
    );
  }
});

test("the certificate is published as a secret PEM that ends with the credential", async () => {
  const run = await deploy("local");
  const published = run.one("azure-native:keyvault:Secret", "certs-batch-certificate");
  expect(published.inputs).toMatchObject({
    vaultName: "certs-local-1a2b3c4d",
    secretName: "batch-certificate",
    properties: {
      contentType: "application/x-pem-file",
      attributes: { expires: Date.parse(localEnd) / 1000 },
      value: expect.stringMatching(
        /^-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----/,
      ) as unknown,
    },
  });
  expect(published.dependencies).toContain("azure-native:keyvault:AccessPolicy::certs-deployer");
});

test("nodes are given a certificate only when Entra knows it", async () => {
  const published = (await deploy("local")).one("azure-native:keyvault:Secret", "certs-batch-certificate");
  expect(published.dependencies).toContain(
    "azuread:index/applicationCertificate:ApplicationCertificate::application-1",
  );
});

test("the vault of the certificate does not wait for the application", async () => {
  const vault = (await deploy("local")).one("azure-native:keyvault:Vault", "certs");
  expect(vault.dependencies.filter((urn) => urn.startsWith("azuread:"))).toEqual([]);
});

test("pools come when all that their nodes need is there", async () => {
  const needed = {
    local: ["keyvault:AccessPolicy::application", "keyvault:AccessPolicy::certs-reader"],
    prod: [
      "authorization:RoleAssignment::application-batchAdminPass",
      "authorization:RoleAssignment::certs-reader-batch-certificate",
    ],
  };
  for (const [stack, rights] of Object.entries(needed)) {
    const run = await deploy(stack);
    for (const pool of run.all("azure-native:batch:Pool")) {
      const expected = [...rights, "keyvault:Secret::certs-batch-certificate"].map((name) => `azure-native:${name}`);
      expect([...run.before(pool)]).toEqual(expect.arrayContaining(expected));
    }
  }
});

test.each(["linux", "windows"])(
  "the %s pool observes the certificate without a version, as the identity",
  async (name) => {
    const { inputs } = (await deploy("local")).one("azure-native:batch:Pool", name);
    expect(inputs).toMatchObject({
      identity: { type: "UserAssigned", userAssignedIdentities: ["id-of-certs-reader"] },
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          extensions: [
            {
              settings: {
                secretsManagementSettings: {
                  observedCertificates: [
                    { url: "https://certs-local-1a2b3c4d.vault.azure.net/secrets/batch-certificate" },
                  ],
                },
                authenticationSettings: { msiClientId: clientIds.identity },
              },
            },
          ],
        },
      },
    });
  },
);

const leaks = /BEGIN PRIVATE KEY|hunter2|generated-for/;

test("no private key and no secret value is sent in clear, and none is a component's input or an output", async () => {
  const given = {
    "batch-keyvault:vault": {
      secrets: [
        { name: "a", value: "hunter2" },
        { name: "b", generate: { length: 20 } },
      ],
    },
  };
  const run = await deploy("local", given, ["batch-keyvault:vault"]);
  const clear = run.registrations.flatMap(({ sent }) => textInClear(sent)).join("\n");
  expect(clear).not.toMatch(leaks);
  const components = run.registrations.filter(({ isComponent }) => isComponent);
  expect(JSON.stringify(components.map(({ inputs }) => inputs))).not.toMatch(leaks);
  expect(JSON.stringify(await valueOf(output(run.value)))).not.toMatch(leaks);
  // The check would see them: the resources that must have them do.
  const all = JSON.stringify(run.registrations.map(({ inputs }) => inputs));
  expect(all).toContain(JSON.stringify(privateKeyPem).slice(1, -1));
  expect(all).toContain("hunter2");
});

test("a raised generation has a key of its own, and the one before stays registered", async () => {
  const run = await deploy("dev", { "batch-keyvault:certificate": { generation: 3, keepPrevious: 1 } });
  expect(
    run
      .all("tls:index/privateKey:PrivateKey")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["generation-2", "generation-3"]);
  const credentials = run.all("azuread:index/applicationCertificate:ApplicationCertificate");
  expect(credentials.map(({ name }) => name).sort()).toEqual(["application-2", "application-3"]);
  const published = run.one("azure-native:keyvault:Secret", "certs-batch-certificate");
  expect(published.dependencies).toContain("tls:index/privateKey:PrivateKey::generation-3");
  expect(published.dependencies).not.toContain("tls:index/privateKey:PrivateKey::generation-2");
});

test("tags are on all that can have them", async () => {
  const run = await deploy("prod");
  const tagged = [
    "resources:ResourceGroup",
    "keyvault:Vault",
    "managedidentity:UserAssignedIdentity",
    "batch:BatchAccount",
    "batch:Pool",
  ];
  for (const { inputs } of tagged.flatMap((type) => run.all(`azure-native:${type}`))) {
    expect(inputs["tags"]).toEqual(expect.objectContaining({ environment: "prod", costCenter: "batch" }));
  }
});

test("the outputs are those of the contract", async () => {
  const { value } = await deploy("local");
  expect(await valueOf(output(value))).toMatchObject({
    contractVersion: 1,
    access: "certificate",
    tenantId: "tenant",
    clientId: clientIds.application,
    certificate: { generation: 1, subject: "CN=batch-keyvault", notAfter: localEnd },
    generations: [{ generation: 1, notAfter: localEnd }],
    vault: {
      name: "vault-local-1a2b3c4d",
      uri: "https://vault-local-1a2b3c4d.vault.azure.net/",
      secretNames: ["batchAdminPass"],
    },
    batchAccount: { endpoint: "https://batchlocal1a2b3c4d.westeurope.batch.azure.com" },
    pools: { linux: { os: "linux" }, windows: { os: "windows" } },
    taskEnvironment: {
      linux: { AZURE_CLIENT_CERTIFICATE_PATH: "/var/lib/batch-keyvault/certificate.pem" },
      windows: { CERTIFICATE_SUBJECT: "CN=batch-keyvault" },
    },
  });
});

test("a bad configuration registers nothing", async () => {
  const pool = { name: "a b", os: "linux", scale: { fixed: { dedicated: 1 } } };
  const bad = { "batch-keyvault:pools": [pool], "batch-keyvault:colour": "red" };
  const registrations: Registration[] = [];
  await expect(deploy("local", bad, [], registrations)).rejects.toThrow(
    "The stack's configuration has 2 problems; nothing was changed",
  );
  expect(registrations).toEqual([]);
  await deploy("local", {}, [], registrations);
  expect(registrations).not.toEqual([]);
});
