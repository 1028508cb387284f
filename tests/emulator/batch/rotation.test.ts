import { join } from "node:path";
import { readlinkSync } from "node:fs";
import type { Connection } from "../../../emulator/server/connect";
import { GraphCaller, type Made } from "../entra/graphHelper";
import { makePreparedNode } from "../../nodes/linux/node";
import { makeCertificate, type TestCertificate } from "../certificates";
import { TestEmulator } from "../harness";
import {
  eventually,
  type Identity,
  keyVaultExtension,
  linuxMachine,
  oneNode,
  pollingSeconds,
  poolBody,
  Subscription,
  withExtensions,
} from "./subscription";

const certificates = "rotationcertificates";
const secrets = "rotationsecrets";
const daySeconds = 24 * 3600;
const delaySeconds = 600;

// The first run of all installs the node's Python packages.
jest.setTimeout(180_000);

let azure: TestEmulator;
let connection: Connection;
let subscription: Subscription;
let graph: GraphCaller;
let identity: Identity;
let application: Made;
let first: TestCertificate;
/** Where the node's own script finds azure-identity and azure-keyvault-secrets. */
let python: string;

beforeAll(async () => {
  const prepared = await makePreparedNode();
  python = join(readlinkSync(join(prepared.home, "venv")), "bin/python");

  azure = await TestEmulator.start();
  connection = await azure.connection();
  subscription = await Subscription.open(azure);
  graph = new GraphCaller(azure);
  first = await makeCertificate();
  application = await graph.application();
  const principal = await graph.principal(application.appId);
  await graph.addCertificate(application.id, first);
  identity = await subscription.makeIdentity("rotation-identity");
  for (const vault of [certificates, secrets]) await subscription.makeVault(vault);
  await subscription.allow(certificates, identity.principalId, ["get", "list"]);
  await subscription.allow(secrets, principal.id, ["get"]);
  await subscription.allow(secrets, identity.principalId, ["get"]);
  await subscription.setSecret(secrets, "one", "value", "text/plain");
  await publish(first);
  await subscription.makeAccount();
  const extension = keyVaultExtension("linux", identity, `https://${certificates}.vault.azure.net/secrets/observed`);
  const pool = poolBody({ ...withExtensions(linuxMachine, [extension]), scaleSettings: oneNode }, identity);
  await subscription.putPool("rotated", pool);
  await subscription.nodesIn("rotated", ["idle"]);
  await subscription.addJob("reads", "rotated");
});

afterAll(async () => {
  await azure.stop();
});

function publish({ pem }: TestCertificate): Promise<string> {
  return subscription.setSecret(certificates, "observed", pem, "application/x-pem-file");
}

const thumbprintOf = ({ certificate }: TestCertificate) => certificate.fingerprint.replaceAll(":", "");

let runs = 0;

/** What the node's own script tells about a read, in a task. */
async function read(access: "certificate" | "managedIdentity" = "certificate") {
  const script = join(__dirname, "../../../nodes/linux/get_secret.py");
  const settings = {
    BATCH_KEYVAULT_ACCESS: access,
    AZURE_TENANT_ID: azure.world.tenant.tenantId,
    AZURE_CLIENT_ID: access === "certificate" ? application.appId : identity.clientId,
    KEY_VAULT_URI: `https://${secrets}.vault.azure.net/`,
    CERTIFICATE_SUBJECT: "CN=test",
    CERTIFICATE_DIRECTORY: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store",
  };
  const environmentSettings = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const { output, errors } = await subscription.run(
    "reads",
    `read-${runs++}`,
    `"${python}" -I "${script}" --check one`,
    {
      environmentSettings,
    },
  );
  return errors === "" ? (JSON.parse(output) as { certificate: { thumbprint: string } | null }) : errors;
}

const withCertificate = (certificate: TestCertificate) => ({
  secret: "one",
  certificate: { thumbprint: thumbprintOf(certificate) },
});

test("the node's script reads although Azure is ahead of the node, by certificate and as the pool's identity", async () => {
  expect(await read()).toMatchObject(withCertificate(first));
  await connection.advanceClock(20 * daySeconds);
  expect(await read()).toMatchObject(withCertificate(first));
  expect(await read("managedIdentity")).toMatchObject({ secret: "one", certificate: null });
});

test("while a new certificate is on its way to Entra the node signs in with the one before it, then with the new one", async () => {
  await connection.setPropagation(delaySeconds);
  await connection.resetCounts();
  const next = await makeCertificate({ notBefore: new Date(Date.now() - 60_000) });
  await graph.addCertificate(application.id, next);
  const version = await publish(next);
  const files = async () => (await subscription.nodes("rotated")).map(({ id }) => storeLink(id));
  expect(await read()).toMatchObject(withCertificate(first));

  await connection.setPolling(0.5);
  await eventually("the new certificate", files, ([file]) => file?.endsWith(version) ?? false);
  expect(await read()).toMatchObject(withCertificate(first));
  await connection.advanceClock(delaySeconds);
  expect(await read()).toMatchObject(withCertificate(next));

  const { signIns, reads } = await connection.counts();
  const ofNode = signIns.map(({ code, thumbprint }) => ({ code, thumbprint }));
  expect(ofNode).toEqual([
    { code: "ok", thumbprint: thumbprintOf(first) },
    { code: "AADSTS700027", thumbprint: thumbprintOf(next) },
    { code: "ok", thumbprint: thumbprintOf(next) },
  ]);
  expect(reads.filter(({ vault }) => vault === secrets)).toMatchObject([{ status: 200, code: "ok", count: 3 }]);

  // Long enough for the first to be retired.
  await connection.setPropagation(0);
  const [, keyId] = await graph.keyIds(application.id);
  await graph.send("PATCH", `/applications/${application.id}`, { keyCredentials: [{ keyId }] });
  expect(await read()).toMatchObject(withCertificate(next));
});

test("a node that has not polled since all it knows was retired fails, and reads again after its next poll", async () => {
  await connection.setPolling(null);
  const last = await makeCertificate({ notBefore: new Date(Date.now() - 30_000) });
  await graph.send("PATCH", `/applications/${application.id}`, { keyCredentials: [] });
  await graph.addCertificate(application.id, last);
  await publish(last);
  expect(await read()).toContain("AADSTS700027");
  await connection.advanceClock(pollingSeconds);
  await eventually(
    "a read after the poll",
    () => read(),
    (found) => typeof found !== "string" && found.certificate?.thumbprint === thumbprintOf(last),
  );
});

function storeLink(node: string): string {
  const root = join(azure.folder, "nodes", "trialaccount", "rotated", node);
  return readlinkSync(join(root, `var/lib/waagent/Microsoft.Azure.KeyVault.Store/${certificates}.observed`));
}
