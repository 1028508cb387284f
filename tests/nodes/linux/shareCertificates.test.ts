import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { run, type Result } from "../run";
import { certificateName, makeNode, python, type TestNode } from "./node";

// Real processes, on machines that may have much else to do; the first run of all installs packages.
jest.setTimeout(180_000);

const script = join(__dirname, "../../../nodes/linux/share_certificates.py");
/** What makes a file complete; the text between the marks does not matter here. */
const pem = (text: string) =>
  `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;

let node: TestNode;

beforeEach(() => {
  node = makeNode();
});

function share(): Promise<Result> {
  const options = ["--home", node.home, "--group-of", node.shared, "--extension", join(node.store, certificateName)];
  return run(python, [script, ...options], node.environment);
}

/** Stores a version as the extension does: its file, and the link to the newest. */
function store(version: string, text = pem(version)): void {
  const file = join(node.store, `${certificateName}.${version}`);
  writeFileSync(file, text, { mode: 0o600 });
  rmSync(join(node.store, certificateName), { force: true });
  symlinkSync(file, join(node.store, certificateName));
}

const shared = () => readdirSync(join(node.home, "certificates")).map((name) => name.slice(certificateName.length + 1));
const newest = () => readFileSync(join(node.home, "certificate.pem"), "utf8");

test("copies every version for the group of the shared directory, and links the newest", async () => {
  // Only root may give a file to a group that it is not in.
  const group = process.getuid?.() === 0 ? 4242 : statSync(node.shared).gid;
  chownSync(node.shared, -1, group);
  store("b2");
  store("a1");
  expect(await share()).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(shared()).toEqual(["a1", "b2"]);
  expect(newest()).toBe(pem("a1"));
  expect(readlinkSync(join(node.home, "certificate.pem"))).toBe(`certificates/${certificateName}.a1`);
  const modes = ["certificates", `certificates/${certificateName}.a1`].map((name) => statSync(join(node.home, name)));
  expect(modes.map(({ mode, gid }) => [mode & 0o7777, gid])).toEqual([
    [0o750, group],
    [0o640, group],
  ]);
});

test("without the extension's link the newest is the file that came last", async () => {
  store("new");
  store("old");
  rmSync(join(node.store, certificateName));
  utimesSync(join(node.store, `${certificateName}.old`), 1, 1);
  expect(await share()).toMatchObject({ code: 0 });
  expect(newest()).toBe(pem("new"));
});

test("follows the store: new versions come, removed ones go", async () => {
  store("one");
  expect(await share()).toMatchObject({ code: 0 });
  store("two");
  rmSync(join(node.store, `${certificateName}.one`));
  expect(await share()).toMatchObject({ code: 0 });
  expect(shared()).toEqual(["two"]);
  expect(newest()).toBe(pem("two"));
});

test("leaves out what is not a complete certificate of this name", async () => {
  store("whole");
  writeFileSync(join(node.store, `${certificateName}.half`), pem("half").slice(0, -20));
  writeFileSync(join(node.store, `${certificateName}.draft.tmp`), pem("draft"));
  writeFileSync(join(node.store, `${certificateName}-other.1`), pem("other"));
  expect(await share()).toMatchObject({ code: 0 });
  expect(shared()).toEqual(["whole"]);
});

test("takes a file whose key comes before its certificate, once both are whole", async () => {
  const [, certificate = "", key = ""] = /^(.*CERTIFICATE-----\n)(.*)$/s.exec(pem("one")) ?? [];
  writeFileSync(join(node.store, `${certificateName}.one`), key + certificate);
  writeFileSync(join(node.store, `${certificateName}.two`), (key + certificate).slice(0, -20));
  expect(await share()).toMatchObject({ code: 0 });
  expect(shared()).toEqual(["one"]);
});

test("keeps the copies while the store is empty or gone, and says so", async () => {
  store("one");
  expect(await share()).toMatchObject({ code: 0 });
  rmSync(node.store, { recursive: true });
  const gone = await share();
  expect(gone).toMatchObject({ code: 1, stdout: "" });
  expect(gone.stderr).toMatch(/^share-certificates: found no certificate .*\n$/);
  mkdirSync(node.store);
  expect(await share()).toMatchObject({ code: 1 });
  expect(newest()).toBe(pem("one"));
});

test("leaves no draft behind and replaces one that an interrupted run left", async () => {
  store("one");
  expect(await share()).toMatchObject({ code: 0 });
  writeFileSync(join(node.home, `certificates/.${certificateName}.one`), "half");
  symlinkSync("nowhere", join(node.home, ".certificate.pem"));
  expect(await share()).toMatchObject({ code: 0 });
  expect(shared()).toEqual(["one"]);
  expect(existsSync(join(node.home, ".certificate.pem"))).toBe(false);
  expect(lstatSync(join(node.home, "certificate.pem")).isSymbolicLink()).toBe(true);
});

test("never follows a link that stands where a copy is to be written", async () => {
  store("one");
  const elsewhere = join(node.folder, "elsewhere");
  writeFileSync(elsewhere, "untouched");
  mkdirSync(join(node.home, "certificates"), { recursive: true });
  symlinkSync(elsewhere, join(node.home, `certificates/${certificateName}.one`));
  expect(await share()).toMatchObject({ code: 0 });
  expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
  expect(newest()).toBe(pem("one"));
});
