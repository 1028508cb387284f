import { isSecret } from "@pulumi/pulumi";
import { EntraApplication, type EntraApplicationArgs } from "../../../components/EntraApplication";
import { SelfSignedCertificate } from "../../../components/SelfSignedCertificate";
import { certificatePem, certificateThumbprint, clientIds, validity } from "../fixtures";
import { privateKeyPem, runStack, textInClear, valueOf } from "../stack";
import { types } from "./types";

describe("SelfSignedCertificate", () => {
  const make = (warnBeforeDays?: number, validityDays = 365) =>
    runStack(
      () =>
        new SelfSignedCertificate("generation-1", {
          generation: 1,
          subject: { commonName: "batch-keyvault", organization: "Contoso" },
          keyBits: 3072,
          validityDays,
          warnBeforeDays,
        }),
    );

  test("is of an RSA key, without the Server Authentication use", async () => {
    const run = await make();
    expect(run.one("tls:index/privateKey:PrivateKey").inputs).toEqual({ algorithm: "RSA", rsaBits: 3072 });
    const { inputs } = run.one("tls:index/selfSignedCert:SelfSignedCert");
    expect(inputs).toMatchObject({
      subject: { commonName: "batch-keyvault", organization: "Contoso" },
      // Longer than any credential: tls would renew an ended one by itself.
      validityPeriodHours: 87_840,
      allowedUses: ["digital_signature", "client_auth"],
    });
    expect(inputs["allowedUses"]).not.toContain("server_auth");
  });

  test("tells times in whole UTC seconds, thumbprint and subject", async () => {
    const { value } = await make();
    expect(await valueOf(value.notBefore)).toBe(validity.notBefore);
    expect(await valueOf(value.notAfter)).toBe(validity.notAfter);
    expect(await valueOf(value.thumbprint)).toBe(certificateThumbprint);
    expect(value.subject).toBe("CN=batch-keyvault, O=Contoso");
  });

  test("keeps its key a secret", async () => {
    const { value, registrations } = await make();
    expect(await isSecret(value.bundle)).toBe(true);
    expect(await valueOf(value.bundle)).toBe(privateKeyPem + certificatePem);
    expect(registrations.flatMap(({ sent }) => textInClear(sent)).join()).not.toContain("BEGIN PRIVATE KEY");
  });

  test.each([
    ["well before its end", 36_500, 45, []],
    ["before its end, where nothing is to be said", 36_500, undefined, []],
    ["close to its end", 36_500, 100_000, ["warn"]],
    ["after its end", -1, 45, ["error"]],
    ["after its end, as one of the previous", -1, undefined, []],
  ])("%s it tells %j", async (_, validityDays, warnBeforeDays, expected) => {
    const { log } = await import("@pulumi/pulumi");
    const told: string[] = [];
    const spies = (["warn", "error"] as const).map((kind) =>
      jest.spyOn(log, kind).mockImplementation(() => Promise.resolve(void told.push(kind))),
    );
    await make(warnBeforeDays, validityDays);
    expect(told).toEqual(expected);
    for (const spy of spies) spy.mockRestore();
  });
});

describe("EntraApplication", () => {
  const credential = (generation: number) => ({
    generation,
    certificatePem,
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
  });
  const make = (more: Partial<EntraApplicationArgs> = {}) =>
    runStack(
      () =>
        new EntraApplication("application", {
          displayName: "Access",
          tenantId: "tenant",
          ownerObjectId: "deployer",
          credential: credential(2),
          ...more,
        }),
    );

  test("keeps its maker among the owners, and takes nobody else away later", async () => {
    const run = await make();
    for (const type of [types.application, types.servicePrincipal]) {
      expect(run.one(type)).toMatchObject({ inputs: { owners: ["deployer"] }, ignoreChanges: ["owners"] });
    }
  });

  test("is of this tenant, and has no identifier URI or homepage unless told", async () => {
    const run = await make();
    expect(run.one(types.application).inputs).toEqual({
      displayName: "Access",
      owners: ["deployer"],
      signInAudience: "AzureADMyOrg",
    });
    expect(run.all(types.identifierUri)).toEqual([]);
  });

  test("has an identifier URI of its own resource, which the application leaves alone", async () => {
    const run = await make({ identifierUri: "api://{tenantId}/{clientId}", homepageUrl: "https://contoso.com" });
    expect(run.one(types.identifierUri).inputs).toEqual({
      applicationId: "id-of-application",
      identifierUri: `api://tenant/${clientIds.application}`,
    });
    expect(run.one(types.application).ignoreChanges).toContain("identifierUris");
    expect(run.one(types.application).inputs["web"]).toEqual({ homepageUrl: "https://contoso.com" });
  });

  test("registers each certificate with its own times and an explicit type", async () => {
    const run = await make({ previousCredentials: [credential(1)] });
    expect(run.all(types.credential).map(({ name }) => name)).toEqual(["application-1", "application-2"]);
    expect(run.one(types.credential, "application-2").inputs).toEqual({
      applicationId: "id-of-application",
      type: "AsymmetricX509Cert",
      value: certificatePem,
      startDate: validity.notBefore,
      endDate: validity.notAfter,
    });
    expect(run.one(types.credential, "application-2").parent).toBe(
      "batch-keyvault:index:EntraApplication::application",
    );
  });

  test("tells its ids", async () => {
    const { value } = await make();
    expect(await valueOf(value.clientId)).toBe(clientIds.application);
    expect(await valueOf(value.servicePrincipalObjectId)).toBe("service-principal-object");
    expect(await valueOf(value.newestCredentialEnd)).toBe(validity.notAfter);
  });
});
