import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { taskCommand } from "../../../nodes/index";
import { makeCertificate, type MadeCertificate } from "../certificates";
import { makePfx, type PfxOptions } from "../pfx";
import { runCommandLine, type Result } from "../run";
import { startStandIn } from "../standIn";
import { makePreparedNode, type TestNode } from "./node";

// Real processes, on machines that may have much else to do; the first run of all installs packages.
jest.setTimeout(180_000);

const password = "Zufälliges Wort/+=";

let older: MadeCertificate;
let newer: MadeCertificate;
let node: TestNode;
let directory: string;

beforeAll(async () => {
  older = await makeCertificate({ fromDays: -20 });
  newer = await makeCertificate({ fromDays: -2 });
});

beforeEach(async () => {
  node = await makePreparedNode();
  directory = join(node.folder, "workitems/certs");
  mkdirSync(directory, { recursive: true });
});

const pfxFile = ({ thumbprint }: MadeCertificate) => join(directory, `sha1-${thumbprint}.pfx`);
const copyName = ({ thumbprint }: MadeCertificate) => `sha1-${thumbprint}.pem`;
const copies = () => readdirSync(join(node.home, "certificates"));
const newest = () => readlinkSync(join(node.home, "certificate.pem"));

/** Puts a certificate of the pool where Batch puts it. */
function store(certificate: MadeCertificate, options: Partial<PfxOptions> & { passwordFile?: string } = {}): void {
  const pfx = makePfx(join(node.home, "venv/bin/python"), certificate, { password, ...options });
  writeFileSync(pfxFile(certificate), pfx, { mode: 0o600 });
  writeFileSync(`${pfxFile(certificate)}.pw`, options.passwordFile ?? password, { mode: 0o600 });
}

/** Runs the start task of a pool that has certificates of its Batch account, not the Key Vault extension. */
function start(environment: NodeJS.ProcessEnv = {}): Promise<Result> {
  const delivery = {
    CERTIFICATE_STORE: undefined,
    CERTIFICATE_NAME: undefined,
    AZ_BATCH_CERTIFICATES_DIR: directory,
    ...environment,
  };
  return node.start([`touch '${join(node.folder, "ran")}'`], delivery);
}

test("every certificate becomes a PEM file for the group of the shared directory, and the newest is linked", async () => {
  // Only root may give a file to a group that it is not in.
  const group = process.getuid?.() === 0 ? 4242 : statSync(node.shared).gid;
  chownSync(node.shared, -1, group);
  store(newer);
  store(older);
  utimesSync(pfxFile(newer), 1, 1);
  expect(await start()).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(copies()).toEqual([copyName(newer), copyName(older)].sort());
  expect(newest()).toBe(`certificates/${copyName(newer)}`);
  for (const certificate of [older, newer]) {
    const text = readFileSync(join(node.home, "certificates", copyName(certificate)), "utf8");
    expect(text.replaceAll(/\s/g, "")).toBe(certificate.pem.replaceAll(/\s/g, ""));
  }
  const modes = ["certificates", `certificates/${copyName(newer)}`].map((name) => statSync(join(node.home, name)));
  expect(modes.map(({ mode, gid }) => [mode & 0o7777, gid])).toEqual([
    [0o750, group],
    [0o640, group],
  ]);
  expect(existsSync(join(node.folder, "unit"))).toBe(false);
  expect(existsSync(join(node.folder, "ran"))).toBe(true);
});

test("a task reads the secret with them", async () => {
  const standIn = await startStandIn();
  try {
    standIn.secrets.set("batchAdminPass", "value");
    standIn.registered.push(older);
    writeFileSync(join(node.folder, "authority.pem"), standIn.authority);
    store(newer);
    store(older);
    expect(await start()).toMatchObject({ code: 0 });
    const environment = {
      ...node.environment,
      HTTPS_PROXY: standIn.proxyUrl,
      REQUESTS_CA_BUNDLE: join(node.folder, "authority.pem"),
    };
    const read = await runCommandLine(taskCommand("linux", "batchAdminPass"), environment);
    expect(read).toEqual({ code: 0, stdout: "value", stderr: "" });
    expect(standIn.signIns).toEqual([newer.thumbprint, older.thumbprint]);
  } finally {
    await standIn.stop();
  }
});

test.each([
  ["the algorithms of older systems", { legacy: true }],
  ["a line's end after the password", { passwordFile: `${password}\n` }],
  ["a line's end of Windows after the password", { passwordFile: `${password}\r\n` }],
])("takes %s", async (_what, options) => {
  store(newer, options);
  expect(await start()).toMatchObject({ code: 0, stderr: "" });
  expect(copies()).toEqual([copyName(newer)]);
});

test("follows the pool: after a restart new certificates come and removed ones go", async () => {
  store(newer);
  expect(await start()).toMatchObject({ code: 0 });
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  store(older);
  expect(await start()).toMatchObject({ code: 0 });
  expect(copies()).toEqual([copyName(older)]);
  expect(newest()).toBe(`certificates/${copyName(older)}`);
});

describe("one line says what is wrong, and nothing is shared nor run", () => {
  const problems: [string, () => NodeJS.ProcessEnv, () => string][] = [
    [
      "Batch names no directory",
      () => ({ AZ_BATCH_CERTIFICATES_DIR: undefined }),
      () => "start task: AZ_BATCH_CERTIFICATES_DIR: found '', expected an absolute path",
    ],
    [
      "the directory is missing",
      () => (rmSync(directory, { recursive: true }), {}),
      () => `share-certificates: found no sha1-<thumbprint>.pfx in ${directory}, expected Batch to store them there`,
    ],
    [
      "the directory has no certificate with a key",
      () => (writeFileSync(join(directory, "sha1-00.cer"), "public"), {}),
      () => `share-certificates: found no sha1-<thumbprint>.pfx in ${directory}, expected Batch to store them there`,
    ],
    [
      "a password is missing",
      () => (store(older), store(newer), unlinkSync(`${pfxFile(newer)}.pw`), {}),
      () => `share-certificates: ${pfxFile(newer)}.pw: No such file or directory, expected Batch to store it`,
    ],
    [
      "a password is wrong",
      () => (store(older), store(newer, { passwordFile: "another" }), {}),
      () =>
        `share-certificates: ${pfxFile(newer)}: Invalid password or PKCS12 data, expected a certificate and its key, opened by sha1-${newer.thumbprint}.pfx.pw`,
    ],
    [
      "a certificate comes without its key",
      () => (store(newer, { withKey: false }), {}),
      () =>
        `share-certificates: ${pfxFile(newer)}: found no private key, expected a certificate and its key, opened by sha1-${newer.thumbprint}.pfx.pw`,
    ],
  ];

  test.each(problems)("%s", async (_what, arrange, line) => {
    const environment = arrange();
    expect(await start(environment)).toEqual({ code: 1, stdout: "", stderr: `${line()}\n` });
    expect(existsSync(join(node.home, "certificates"))).toBe(false);
    expect(existsSync(join(node.folder, "ran"))).toBe(false);
  });

  test("a file is no PKCS#12", async () => {
    store(newer);
    writeFileSync(pfxFile(newer), "half of");
    const result = await start();
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toMatch(/^share-certificates: \S+\.pfx: .*, expected a certificate and its key, .*\n$/);
  });
});
