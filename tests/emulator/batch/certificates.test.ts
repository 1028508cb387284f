import "reflect-metadata";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BatchManagementClient, type Certificate } from "@azure/arm-batch";
import { connectEmulator } from "../../../emulator/server/connect";
import { TestEmulator } from "../harness";
import { batchVersion, makeCertificate, makePfx, poolBody, Subscription } from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

const before = new Date("2024-01-31");
const password = "correct horse";

let azure: TestEmulator;
let subscription: Subscription;
let made: Awaited<ReturnType<typeof makeCertificate>>;
let pfx: string;

beforeAll(async () => {
  azure = await TestEmulator.start(new Date("2026-11-24T12:00:00Z"), before);
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  made = await makeCertificate("CN=batch-keyvault");
  pfx = makePfx(made.pem, password);
});

afterAll(async () => {
  await azure.stop();
});

const account = "Microsoft.Batch/batchAccounts/trialaccount";
const pathOf = (thumbprint = made.thumbprint) => `${account}/certificates/sha1-${thumbprint.toLowerCase()}`;
const put = (properties: Record<string, unknown>, path = pathOf(), version = batchVersion) =>
  subscription.arm("PUT", path, version, { properties });
const show = () => subscription.done<Certificate & { properties: Certificate }>("GET", pathOf(), batchVersion);
const codeOf = ({ json }: { json: unknown }) => (json as { error?: { code?: string } } | undefined)?.error?.code;
const messageOf = ({ json }: { json: unknown }) => (json as { error?: { message?: string } }).error?.message ?? "";
const publicData = () => made.certificate.replace(/-----[A-Z ]+-----|\s/g, "");

describe("before the retirement, a certificate", () => {
  const whole = () => ({
    data: pfx,
    password,
    format: "Pfx",
    thumbprint: made.thumbprint,
    thumbprintAlgorithm: "SHA1",
  });

  it("is made under its thumbprint, and never shown with its key or password", async () => {
    const reply = await put(whole(), `${account}/certificates/SHA1-${made.thumbprint}`);
    expect(reply.status).toBe(200);
    const listed = await subscription.arm("GET", `${account}/certificates`, batchVersion);
    const expected = {
      id: subscription.id(pathOf()),
      name: `sha1-${made.thumbprint.toLowerCase()}`,
      type: "Microsoft.Batch/batchAccounts/certificates",
      properties: {
        format: "Pfx",
        thumbprint: made.thumbprint.toLowerCase(),
        thumbprintAlgorithm: "sha1",
        publicData: publicData(),
        provisioningState: "Succeeded",
      },
    };
    expect(reply.json).toMatchObject(expected);
    expect((listed.json as { value: unknown[] }).value).toEqual([reply.json]);
    expect(await show()).toEqual(reply.json);
    for (const { text } of [reply, listed]) {
      for (const secret of [pfx, password, "eTag"]) expect(text).not.toContain(secret);
    }
  });

  it("lies in the emulator's store for its owner only, under its id", () => {
    const file = join(azure.folder, "store", "arm-resources.jsonl");
    expect(statSync(file).mode & 0o077).toBe(0);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const stored = lines.map((line) => JSON.parse(line) as { key: string; value?: object });
    const { value } = stored.findLast(({ key }) => key === subscription.id(pathOf()).toLowerCase()) ?? {};
    expect(value).toMatchObject({ properties: { data: pfx, password } });
  });

  it("is written again in place, in another wrapping too; a patch changes what it names", async () => {
    const other = makePfx(made.pem, "other");
    expect((await put(whole())).status).toBe(200);
    expect((await put({ data: other, password: "other" })).status).toBe(200);
    const patch = (properties: object) => subscription.arm("PATCH", pathOf(), batchVersion, { properties });
    expect((await patch({ thumbprint: made.thumbprint })).status).toBe(200);
    expect(messageOf(await patch({ password: "wrong" }))).toContain("properties.password: it does not open the data");
    // A password belongs to its data.
    expect(codeOf(await patch({ data: other }))).toBe("InvalidPropertyValue");
    expect((await patch({ data: pfx, password })).status).toBe(200);
  });

  const cases: [string, string, () => Record<string, unknown>][] = [
    ["data that is no base64", "properties.data: it is no base64", () => ({ ...whole(), data: "no!" })],
    ["data that is no file of keys", "properties.data: it cannot be read as Pfx", () => ({ ...whole(), data: "AAAA" })],
    ["data of more than 10 KB", "10240 at most", () => ({ ...whole(), data: Buffer.alloc(10_241).toString("base64") })],
    ["a wrong password", "properties.password", () => ({ ...whole(), password: "wrong" })],
    ["no password", "properties.password", () => ({ ...whole(), password: undefined })],
    ["a password for a Cer", "properties.password", () => ({ data: publicData(), format: "Cer", password })],
    ["a Pfx said to be a Cer", "cannot be read as Cer", () => ({ data: pfx, format: "Cer" })],
    ["another thumbprint in the body", "properties.thumbprint", () => ({ ...whole(), thumbprint: "ab".repeat(20) })],
    [
      "another algorithm in the body",
      "properties.thumbprintAlgorithm",
      () => ({ ...whole(), thumbprintAlgorithm: "md5" }),
    ],
  ];

  it.each(cases)("is refused with %s", async (_, message, properties) => {
    const reply = await put(properties());
    expect([reply.status, codeOf(reply)]).toEqual([400, "InvalidPropertyValue"]);
    expect(messageOf(reply)).toContain(message);
    for (const secret of [pfx, password]) expect(reply.text).not.toContain(secret);
  });

  it.each([
    ["another thumbprint", "sha1-ab", "properties.data: its certificate has the thumbprint"],
    ["another algorithm", "md5-ab", "name: 'md5-ab' begins with 'md5', expected sha1"],
  ])("is refused with %s in its name", async (_, name, message) => {
    const reply = await put({ data: pfx, password }, `${account}/certificates/${name}`);
    expect([reply.status, codeOf(reply)]).toEqual([400, "InvalidPropertyValue"]);
    expect(messageOf(reply)).toContain(message);
  });

  it("is refused without data, with an unknown format, under a bad name, and in versions that do not have it", async () => {
    expect(codeOf(await put({ password }))).toBe("InvalidRequestBody");
    expect(codeOf(await put({ ...whole(), format: "Pem" }))).toBe("InvalidRequestBody");
    expect(codeOf(await put(whole(), `${account}/certificates/thumbprint`))).toBe("InvalidResourceName");
    expect(codeOf(await put(whole(), pathOf(), "2025-06-01"))).toBe("NoRegisteredProviderFound");
  });

  it("may be a certificate alone, as DER or PEM", async () => {
    const { certificate, thumbprint } = await makeCertificate("CN=root");
    const der = certificate.replace(/-----[A-Z ]+-----|\s/g, "");
    for (const data of [der, Buffer.from(certificate).toString("base64")]) {
      const reply = await put({ data, format: "Cer" }, pathOf(thumbprint));
      expect(reply.json).toMatchObject({ properties: { format: "Cer", publicData: der } });
    }
    await subscription.done("DELETE", pathOf(thumbprint), batchVersion);
  });

  it("is not deleted while a pool refers to it, and can be kept after all", async () => {
    const cancel = () => subscription.arm("POST", `${pathOf()}/cancelDelete`, batchVersion);
    const active = await cancel();
    expect([active.status, codeOf(active)]).toEqual([409, "CertificateStateActive"]);
    const pool = poolBody({ certificates: [{ id: subscription.id(pathOf()) }] });
    expect((await subscription.putPool("using", pool)).status).toBe(200);

    const reply = await subscription.arm("DELETE", pathOf(), batchVersion);
    expect(reply.status).toBe(202);
    expect(reply.headers.location).toContain(`/certificateOperationResults/sha1-${made.thumbprint.toLowerCase()}-`);
    const token = await azure.token("https://management.azure.com/");
    const result = await azure.send("GET", reply.headers.location ?? "", { token });
    expect([result.status, codeOf(result)]).toEqual([409, "CertificateDeleteFailed"]);
    expect((await show()).properties).toMatchObject({
      provisioningState: "Failed",
      previousProvisioningState: "Deleting",
      deleteCertificateError: {
        code: "PoolsReferencingCertificate",
        details: [{ code: "Pools", message: "using" }],
      },
    });

    expect((await cancel()).json).toMatchObject({ properties: { provisioningState: "Succeeded" } });
    const { properties } = await show();
    expect(properties).toMatchObject({ provisioningState: "Succeeded", previousProvisioningState: "Failed" });
    expect(properties).not.toHaveProperty("deleteCertificateError");
    expect((await azure.send("GET", reply.headers.location ?? "", { token })).status).toBe(200);
    await subscription.removePool("using");
    expect((await subscription.arm("DELETE", pathOf(), batchVersion)).status).toBe(202);
    expect((await subscription.arm("GET", pathOf(), batchVersion)).status).toBe(404);
  });

  it("goes with its account, whatever refers to it", async () => {
    await subscription.makeAccount("shortlived");
    const path = pathOf().replace("trialaccount", "shortlived");
    expect((await put(whole(), path)).status).toBe(200);
    const pool = poolBody({ certificates: [{ id: subscription.id(path) }] });
    await subscription.done("PUT", subscription.poolId("p", "shortlived"), batchVersion, pool);
    await subscription.done("DELETE", "Microsoft.Batch/batchAccounts/shortlived", batchVersion);
    expect(azure.world.store.collection("arm-resources").list(subscription.id(path))).toEqual([]);
  });

  it("is taken back with an interrupted run that made it", async () => {
    const connection = await connectEmulator(azure.folder);
    const proxy = new URL((await connection?.registerRun("interrupted")) ?? "");
    const token = await azure.token("https://management.azure.com/");
    const url = `https://management.azure.com${subscription.id(pathOf())}?api-version=${batchVersion}`;
    const as = { name: proxy.username, token: proxy.password };
    expect((await azure.send("PUT", url, { token, as, body: { properties: whole() } })).status).toBe(200);
    expect(await connection?.rollBack("interrupted", [])).toEqual([subscription.id(pathOf()).toLowerCase()]);
    expect((await subscription.arm("GET", pathOf(), batchVersion)).status).toBe(404);
  });

  it("serves the official management client", async () => {
    const client = new BatchManagementClient(azure.deployer, azure.world.tenant.subscriptionId, azure.clientOptions());
    const { certificateOperations: certificates, poolOperations: pools } = client;
    const scope = [subscription.group, "trialaccount"] as const;
    const name = `sha1-${made.thumbprint.toLowerCase()}`;
    const created = await certificates.create(...scope, name, whole() as Record<string, string>);
    expect(created).toMatchObject({ name, provisioningState: "Succeeded", publicData: publicData() });
    await pools.create(...scope, "sdk", {
      ...(poolBody().properties as object),
      certificates: [{ id: created.id ?? "" }],
    });
    await expect(certificates.beginDeleteAndWait(...scope, name)).rejects.toMatchObject({
      code: "CertificateDeleteFailed",
      statusCode: 409,
    });
    const failed = await certificates.get(...scope, name);
    expect(failed.deleteCertificateError?.code).toBe("PoolsReferencingCertificate");
    expect(await certificates.cancelDeletion(...scope, name)).toMatchObject({ provisioningState: "Succeeded" });
    await pools.beginDeleteAndWait(...scope, "sdk");
    await certificates.beginDeleteAndWait(...scope, name);
    const listed = [];
    for await (const certificate of certificates.listByBatchAccount(...scope)) listed.push(certificate);
    expect(listed).toEqual([]);
  });
});

describe("from the day of the retirement on", () => {
  const content = () => ({ data: pfx, password });
  const pool = () => poolBody({ certificates: [{ id: subscription.id(pathOf()) }] });

  it("the last day before it is one with certificates", async () => {
    await azure.restart(new Date("2024-02-28T23:59:59Z"));
    expect((await put(content())).status).toBe(200);
    expect((await subscription.putPool("kept", pool())).status).toBe(200);
  });

  it("none is made or changed, and no pool refers to one", async () => {
    await azure.restart(new Date("2024-02-29"));
    const replies = [
      await put(content()),
      await subscription.arm("PATCH", pathOf(), batchVersion, { properties: {} }),
      await subscription.putPool("kept", pool()),
      await subscription.putPool("another", pool()),
      await subscription.arm("PATCH", subscription.poolId("kept"), batchVersion, { properties: { metadata: [] } }),
    ];
    for (const reply of replies) {
      expect([reply.status, codeOf(reply)]).toEqual([400, "CertificateRetired"]);
      expect(messageOf(reply)).toContain("retired on 02/29/2024");
    }
  });

  it("what is there is read, taken off its pool and deleted", async () => {
    expect((await show()).properties).toMatchObject({ provisioningState: "Succeeded" });
    const pools = await subscription.done<{ properties: object }>("GET", subscription.poolId("kept"), batchVersion);
    expect(pools.properties).toMatchObject({ certificates: [{ id: subscription.id(pathOf()) }] });
    const without = { properties: { certificates: [] } };
    expect((await subscription.arm("PATCH", subscription.poolId("kept"), batchVersion, without)).status).toBe(200);
    await subscription.done("DELETE", pathOf(), batchVersion);
    expect((await subscription.arm("GET", pathOf(), batchVersion)).status).toBe(404);
  });
});
