import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { TestEmulator } from "../harness";
import {
  batchVersion,
  eventually,
  makeCertificate,
  makePfx,
  type NodeShown,
  oneNode,
  poolBody,
  Subscription,
  windowsMachine,
} from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

/** Each file that a process finds, and the thumbprint of what it opens with the password beside it. */
interface Seen {
  readonly folder: string | null;
  readonly files: readonly string[];
  readonly opened: readonly string[];
}

const look = `
  const { readdirSync, readFileSync } = require("node:fs");
  const { createSecureContext, TLSSocket } = require("node:tls");
  const folder = process.env.AZ_BATCH_CERTIFICATES_DIR ?? null;
  const files = folder === null ? [] : readdirSync(folder).sort();
  const opened = files.filter((name) => name.endsWith(".pfx")).map((name) => {
    const pfx = readFileSync(folder + "/" + name);
    const passphrase = readFileSync(folder + "/" + name + ".pw", "utf8");
    const socket = new TLSSocket(new (require("node:net").Socket)(), {
      isServer: true,
      secureContext: createSecureContext({ pfx, passphrase }),
    });
    return socket.getCertificate().fingerprint.replaceAll(":", "");
  });
  console.log(JSON.stringify({ folder, files, opened }));`;
const commandLine = `node -e '${look}'`;

let azure: TestEmulator;
let subscription: Subscription;
let both: Certificate;
let startOnly: Certificate;
let root: Certificate;

type Certificate = Awaited<ReturnType<typeof addCertificate>>;

async function addCertificate(subject: string, format: "Pfx" | "Cer" = "Pfx", password = "correct horse") {
  const made = await makeCertificate(subject);
  const name = `sha1-${made.thumbprint.toLowerCase()}`;
  const path = `Microsoft.Batch/batchAccounts/trialaccount/certificates/${name}`;
  const content =
    format === "Pfx"
      ? { data: makePfx(made.pem, password), password }
      : { data: Buffer.from(made.certificate).toString("base64"), format };
  await subscription.done("PUT", path, batchVersion, { properties: content });
  return { ...made, name, path, id: subscription.id(path) };
}

beforeAll(async () => {
  azure = await TestEmulator.start(undefined, new Date("2024-01-31"));
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  both = await addCertificate("CN=both");
  startOnly = await addCertificate("CN=start-only");
  root = await addCertificate("CN=root", "Cer");
});

afterAll(async () => {
  await azure.stop();
});

const codeOf = ({ json }: { json: unknown }) => (json as { error?: { code?: string } }).error?.code;
const folderOf = (pool: string, node: NodeShown | undefined) =>
  join(azure.folder, "nodes", "trialaccount", pool, node?.id ?? "");
const filesOf = ({ name }: Certificate) => [`${name}.pfx`, `${name}.pfx.pw`];

describe("a pool's certificates", () => {
  it.each<[string, number, string, () => object[]]>([
    ["with an unknown store location", 400, "InvalidRequestBody", () => [{ id: both.id, storeLocation: "Machine" }]],
    ["with an unknown visibility", 400, "InvalidRequestBody", () => [{ id: both.id, visibility: ["Everybody"] }]],
    ["without an id", 400, "InvalidRequestBody", () => [{ storeName: "My" }]],
    ["with a path for a store", 400, "InvalidPropertyValue", () => [{ id: both.id, storeName: "../My" }]],
    ["that do not exist", 409, "InvalidCertificateReferences", () => [{ id: both.id.replace(/.{4}$/, "0000") }]],
    ["that are none", 409, "InvalidCertificateReferences", () => [{ id: subscription.poolId("refused") }]],
    ["by their names", 409, "InvalidCertificateReferences", () => [{ id: both.name }]],
    [
      "of another account",
      409,
      "InvalidCertificateReferences",
      () => [{ id: both.id.replace("trialaccount", "otheraccount") }],
    ],
  ])("are refused %s", async (_, status, code, certificates) => {
    const reply = await subscription.putPool("refused", poolBody({ certificates: certificates() }));
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  it("are refused where the other account has one of the name", async () => {
    await subscription.makeAccount("otheraccount");
    const path = both.path.replace("trialaccount", "otheraccount");
    await subscription.done("PUT", path, batchVersion, { properties: { data: makePfx(both.pem, "") } });
    const reply = await subscription.putPool("refused", poolBody({ certificates: [{ id: subscription.id(path) }] }));
    expect(codeOf(reply)).toBe("InvalidCertificateReferences");
  });

  it("are not known to 2025-06-01", async () => {
    const reply = await subscription.putPool("refused", poolBody({ certificates: [{ id: both.id }] }), "2025-06-01");
    expect([reply.status, codeOf(reply)]).toEqual([400, "InvalidRequestBody"]);
  });

  it("are taken with ids in any case, every store and visibility", async () => {
    const certificates = [
      { id: both.id.toUpperCase(), storeLocation: "LocalMachine", storeName: "Custom" },
      { id: root.id, storeLocation: "CurrentUser", visibility: ["StartTask", "Task", "RemoteUser"] },
    ];
    for (const version of ["2023-05-01", "2024-07-01"]) {
      const reply = await subscription.putPool("taken", poolBody({ certificates }), version);
      expect(reply.json).toMatchObject({ properties: { certificates } });
    }
    await subscription.removePool("taken");
  });
});

describe("a Linux node", () => {
  const pool = (certificates: object[]) =>
    poolBody({ certificates, scaleSettings: oneNode, startTask: { commandLine } });
  const first = () => [
    { id: both.id, storeLocation: "LocalMachine", storeName: "My", visibility: ["StartTask", "Task", "RemoteUser"] },
    { id: startOnly.id, visibility: ["StartTask"] },
    { id: root.id },
  ];
  let count = 0;

  async function seenByStartTask(node: NodeShown | undefined): Promise<Seen> {
    const { text } = await subscription.batch("GET", `/pools/nodes/nodes/${node?.id ?? ""}/files/startup/stdout.txt`);
    return JSON.parse(text) as Seen;
  }

  async function seenByTask(): Promise<Seen> {
    const task = await subscription.run("certificates", `look-${count++}`, commandLine);
    expect(task.executionInfo).toMatchObject({ result: "success" });
    return JSON.parse(task.output) as Seen;
  }

  async function reboot(node: NodeShown | undefined): Promise<void> {
    const { status } = await subscription.batch("POST", `/pools/nodes/nodes/${node?.id ?? ""}/reboot`);
    expect(status).toBe(202);
    await subscription.nodesIn("nodes", ["idle"]);
  }

  it("gives its start task what it may see, readable by its user alone", async () => {
    expect((await subscription.putPool("nodes", pool(first()))).status).toBe(200);
    await subscription.addJob("certificates", "nodes");
    const [node] = await subscription.nodesIn("nodes", ["idle"]);
    expect(node?.startTaskInfo).toMatchObject({ result: "success" });
    const seen = await seenByStartTask(node);
    expect(seen.files).toEqual([...filesOf(both), ...filesOf(startOnly), `${root.name}.cer`].sort());
    expect([...seen.opened].sort()).toEqual([both.thumbprint, startOnly.thumbprint].sort());

    const folder = join(folderOf("nodes", node), "mnt/batch/tasks/startup/certs");
    expect(seen.folder).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of seen.files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, `${root.name}.cer`), "utf8")).toBe(root.certificate);
  });

  it("gives its tasks what they may see, each in a directory of its own", async () => {
    const seen = await seenByTask();
    expect(seen.files).toEqual([...filesOf(both), `${root.name}.cer`].sort());
    expect(seen.opened).toEqual([both.thumbprint]);
    expect(seen.folder).toMatch(/workitems\/certificates\/job-1\/look-0\/certs$/);
    expect((await seenByTask()).folder).not.toBe(seen.folder);
  });

  it("hands no key out through its files", async () => {
    const [node] = await subscription.nodes("nodes");
    const files = `/pools/nodes/nodes/${node?.id ?? ""}/files`;
    const listed = (await subscription.batch("GET", `${files}?recursive=true`)).text;
    expect(listed).toContain("startup/certs");
    expect(listed).not.toContain("pfx");
    const paths = [
      `${files}/startup/certs/${both.name}.pfx`,
      `${files}/startup/certs/${both.name}.pfx.pw`,
      `/jobs/certificates/tasks/look-0/files/certs/${both.name}.pfx`,
    ];
    for (const path of paths) expect((await subscription.batch("GET", path)).status).toBe(404);
    expect((await subscription.batch("GET", `${files}/startup/stdout.txt`)).status).toBe(200);
  });

  it("takes changes of its pool when it starts again, and not before", async () => {
    const [node] = await subscription.nodes("nodes");
    const added = await addCertificate("CN=added", "Pfx", "");
    const changed = [{ id: both.id, visibility: ["StartTask"] }, { id: added.id }];
    expect((await subscription.putPool("nodes", pool(changed))).status).toBe(200);
    expect((await seenByTask()).opened).toEqual([both.thumbprint]);

    await reboot(node);
    expect([...(await seenByStartTask(node)).opened].sort()).toEqual([both.thumbprint, added.thumbprint].sort());
    const seen = await seenByTask();
    expect(seen.files).toEqual(filesOf(added));
    expect(seen.opened).toEqual([added.thumbprint]);
  });

  it("holds a certificate that left its pool until it starts again: so long it is not deleted", async () => {
    const [node] = await subscription.nodes("nodes");
    const without = { properties: { certificates: [] } };
    expect((await subscription.arm("PATCH", subscription.poolId("nodes"), batchVersion, without)).status).toBe(200);
    expect((await subscription.arm("DELETE", both.path, batchVersion)).status).toBe(202);
    expect(await subscription.done("GET", both.path, batchVersion)).toMatchObject({
      properties: {
        provisioningState: "Failed",
        deleteCertificateError: {
          code: "NodesReferencingCertificate",
          details: [{ code: "Nodes", message: node?.id }],
        },
      },
    });

    await reboot(node);
    expect(await seenByStartTask(node)).toEqual({ folder: null, files: [], opened: [] });
    expect(await seenByTask()).toEqual({ folder: null, files: [], opened: [] });
    const root = folderOf("nodes", node);
    expect(existsSync(join(root, "mnt/batch/tasks/startup/certs"))).toBe(false);
    expect(existsSync(join(root, "opt/emulator/certificates"))).toBe(false);
    await subscription.done("DELETE", both.path, batchVersion);
    expect((await subscription.arm("GET", both.path, batchVersion)).status).toBe(404);
  });

  it("that is new has them at once, and keeps them over a restart of the emulator", async () => {
    await subscription.putPool("nodes", poolBody({ certificates: [{ id: startOnly.id }], startTask: { commandLine } }));
    await subscription.nodesIn("nodes", [], 0);
    await subscription.putPool("nodes", pool([{ id: startOnly.id }]));
    await subscription.nodesIn("nodes", ["idle"]);
    expect((await seenByTask()).opened).toEqual([startOnly.thumbprint]);
    await azure.restart();
    await subscription.nodesIn("nodes", ["idle"]);
    expect((await seenByTask()).opened).toEqual([startOnly.thumbprint]);
    await subscription.removePool("nodes");
    await subscription.done("DELETE", startOnly.path, batchVersion);
    expect((await subscription.arm("GET", startOnly.path, batchVersion)).status).toBe(404);
  });
});

it("a Windows node has them in the stores that the pool names, until it starts without them", async () => {
  const certificate = await addCertificate("CN=windows");
  const certificates = [
    { id: certificate.id, storeLocation: "LocalMachine", storeName: "My", visibility: ["StartTask", "Task"] },
    { id: root.id },
  ];
  const body = (list: object[]) =>
    poolBody({
      deploymentConfiguration: { virtualMachineConfiguration: windowsMachine },
      scaleSettings: oneNode,
      certificates: list,
    });
  expect((await subscription.putPool("windows", body(certificates))).status).toBe(200);
  const [node] = await subscription.nodesIn("windows", ["idle"]);
  const store = (path: string) => join(folderOf("windows", node), path);
  const file = join(store("LocalMachine/My"), `${certificate.thumbprint}.pem`);
  expect(readFileSync(file, "utf8")).toBe(certificate.certificate + certificate.key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(store("CurrentUser/My"), `${root.thumbprint}.pem`), "utf8")).toBe(root.certificate);

  await subscription.putPool("windows", body([{ id: root.id }]));
  expect(existsSync(file)).toBe(true);
  await subscription.batch("POST", `/pools/windows/nodes/${node?.id ?? ""}/reboot`);
  await eventually(
    "the certificate to go",
    () => existsSync(file),
    (there) => !there,
  );
  expect(readdirSync(store("CurrentUser/My"))).toEqual([`${root.thumbprint}.pem`]);
  await subscription.removePool("windows");
});
