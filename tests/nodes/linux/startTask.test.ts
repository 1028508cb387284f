import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makeCertificate, type MadeCertificate } from "../certificates";
import { run } from "../run";
import { certificateName, makePreparedNode, python, type TestNode } from "./node";

// Real processes, on machines that may have much else to do; the first run of all installs packages.
jest.setTimeout(180_000);

/** With this pip finds nothing: whoever calls it fails. */
const noPackages = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: "/nowhere" };

/** Has the machine's pip say that, or end with a failure where that is undefined. */
function setPip(said: string | undefined): void {
  const answer = said === undefined ? "echo 'it cannot run' >&2; exit 1" : `echo '${said}'; exit`;
  // One that is too old would refuse --python, too.
  const cases = `"-I -m pip --version") ${answer};; "-I -m pip"*) exit 2;;`;
  node.shim("python3", `case "$*" in ${cases} esac\nexec '${python}' "$@"`);
}

let certificate: MadeCertificate;
let node: TestNode;

beforeAll(async () => {
  certificate = await makeCertificate();
});

beforeEach(async () => {
  node = await makePreparedNode();
  writeFileSync(join(node.store, `${certificateName}.1`), certificate.pem);
});

test("installs the commands, shares the certificate and has later ones watched", async () => {
  expect(await node.start()).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readdirSync(join(node.home, "bin")).sort()).toEqual(["get-secret", "get_secret.py", "share-certificates"]);
  expect(statSync(join(node.home, "bin/get-secret")).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(node.home, "certificate.pem"), "utf8")).toBe(certificate.pem);
  expect(readFileSync(join(node.folder, "unit"), "utf8").trim().split("\n")).toEqual([
    "--unit=batch-keyvault-certificates",
    `--path-property=PathChanged=${node.store}`,
    join(node.home, "bin/share-certificates"),
    ...["--home", node.home],
    ...["--group-of", node.shared],
    ...["--extension", join(node.store, certificateName)],
  ]);
});

test("a second run installs nothing and registers no second unit", async () => {
  expect(await node.start()).toMatchObject({ code: 0 });
  unlinkSync(join(node.folder, "unit"));
  node.shim("systemctl", 'test "$*" = "is-active --quiet batch-keyvault-certificates.path"');
  const installed = statSync(join(node.home, "venv/installed")).mtimeMs;
  expect(await node.start([], noPackages)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(statSync(join(node.home, "venv/installed")).mtimeMs).toBe(installed);
  expect(existsSync(join(node.folder, "unit"))).toBe(false);
});

test.each([
  ["by the machine's pip, if it has one that can", undefined],
  ["by a pip of its own where the machine's cannot", "pip 22.2.2 from there (python 3.10)"],
])("other requirements are installed anew %s, and a failure is not taken for done", async (_, said) => {
  const canPip = await run(python, ["-I", "-m", "pip", "--python", python, "--version"]);
  const needsOwnPip = said !== undefined || canPip.code !== 0;
  if (said !== undefined) setPip(said);
  unlinkSync(join(node.home, "venv"));
  mkdirSync(join(node.home, "venv"));
  writeFileSync(join(node.home, "venv/installed"), "3.0 of-other-requirements");
  const result = await node.start([], noPackages);
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain("No matching distribution found for azure-core");
  expect(existsSync(join(node.home, "venv/installed"))).toBe(false);
  expect(existsSync(join(node.home, "venv/pyvenv.cfg"))).toBe(true);
  expect(existsSync(join(node.home, "venv/bin/pip"))).toBe(needsOwnPip);
});

test.each([
  ["pip 22.3 from there (python 3.10)", false],
  ["pip 22.10.1 from there (python 3.10)", false],
  ["pip 100.0 from there (python 3.10)", false],
  ["pip 22.08 from there (python 3.10)", false],
  ["pip 22.2.2 from there (python 3.10)", true],
  ["pip 22.0.2+dfsg from there (python 3.10)", true],
  ["pip 9.0.3 from there (python 3.6)", true],
  ["something else", true],
  [undefined, true],
])("where the machine's pip says %j, the environment gets one of its own: %s", async (said, own) => {
  setPip(said);
  const shim = readFileSync(join(node.shims, "python3"), "utf8").replace(/^.*\n/, "");
  const asked = join(node.folder, "asked");
  node.shim("python3", `case "$*" in "-m venv"*) echo "$@" >'${asked}'; exit 1;; esac\n${shim}`);
  unlinkSync(join(node.home, "venv"));
  expect(await node.start()).toMatchObject({ code: 1 });
  const withoutPip = own ? "" : "--without-pip ";
  expect(readFileSync(asked, "utf8")).toBe(`-m venv ${withoutPip}${join(node.home, "venv")}\n`);
});

test("says that the extension brought no certificate, after the time given to it", async () => {
  rmSync(join(node.store, `${certificateName}.1`));
  const result = await node.start(["touch $AZ_BATCH_NODE_SHARED_DIR/ran"]);
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toBe(
    `share-certificates: found no certificate ${certificateName}.<version> in ${node.store} after 0.1 seconds, expected the Key Vault extension to store one\n`,
  );
  expect(readdirSync(node.shared)).toEqual([]);
});

test("waits for a certificate that comes later", async () => {
  rmSync(join(node.store, `${certificateName}.1`));
  const started = node.start([], { CERTIFICATE_WAIT_SECONDS: "30" });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync(join(node.store, `${certificateName}.2`), certificate.pem);
  expect(await started).toMatchObject({ code: 0 });
  expect(readdirSync(join(node.home, "certificates"))).toEqual([`${certificateName}.2`]);
});

test("goes on where systemd refuses, and says so", async () => {
  node.shim("systemd-run", "echo 'System has not been booted with systemd' >&2; exit 1");
  const refused = await node.start();
  expect(refused).toMatchObject({ code: 0, stderr: "" });
  expect(refused.stdout).toContain(
    `cannot watch ${node.store} (System has not been booted with systemd): later certificates are shared when`,
  );
});

test("goes on where there is no systemd, and says so", async () => {
  const tools = join(node.folder, "tools");
  mkdirSync(tools);
  symlinkSync(python, join(tools, "python3"));
  for (const name of ["chmod", "mkdir", "mv"]) {
    const found = await run("/bin/sh", ["-c", `command -v ${name}`]);
    symlinkSync(found.stdout.trim(), join(tools, name));
  }
  const result = await node.start([], { PATH: tools });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(result.stdout).toContain(`cannot watch ${node.store} (no systemd-run here)`);
});

describe("the user's commands", () => {
  test("are run in their order, with every character as it is written, each in a shell of its own", async () => {
    const file = join(node.shared, "out");
    const result = await node.start([
      `echo 'single '"'"' double " dollar $HOME' "\\"quoted\\" $((1 + 1)) \`echo tick\`" >${file}; cd /; x=1`,
      `echo "$PWD \${x-none}" | sed 's/^.* //' >>${file} # a comment`,
      `cat >>${file} <<'END'\nline & "more" \\\nEND`,
    ]);
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(`single ' double " dollar $HOME "quoted" 2 tick\nnone\nline & "more" \\\n`);
  });

  test("stop at the first that fails, which is named", async () => {
    const result = await node.start(["echo one", "echo two; exit 7", "echo three"]);
    expect(result).toEqual({
      code: 1,
      stdout: "one\ntwo\n",
      stderr: "start task: command 2 of startTask.commands ended with exit code 7\n",
    });
  });

  test("a syntax error is one command's own", async () => {
    const result = await node.start(["echo one", "if true; then (", "echo three"]);
    expect(result).toMatchObject({ code: 1, stdout: "one\n" });
    expect(result.stderr).toMatch(/command 2 of startTask\.commands ended with exit code \d+\n$/);
  });

  test("do not get the scripts' texts", async () => {
    const result = await node.start(["env | grep -c ^BATCH_KEYVAULT_FILE_ || true"]);
    expect(result).toMatchObject({ code: 0, stdout: "0\n" });
  });
});

describe("Python", () => {
  test("is completed by the system's own installer where it cannot make an environment", async () => {
    const done = join(node.folder, "installed");
    node.shim("python3", `case "$*" in *ensurepip*) test -f '${done}'; exit;; esac\nexec '${python}' "$@"`);
    node.shim("apt-get", `case "$*" in *install*) echo "$@" >'${done}';; esac`);
    expect(await node.start()).toMatchObject({ code: 0 });
    expect(readFileSync(done, "utf8")).toMatch(/^-q install -y --no-install-recommends python3-venv$/m);
  });

  test("waits for another run of apt-get", async () => {
    const tried = join(node.folder, "tried");
    node.shim("python3", `case "$*" in *ensurepip*) test -f '${tried}'; exit;; esac\nexec '${python}' "$@"`);
    node.shim("apt-get", `test -f '${tried}' || { echo 'Could not get lock' >'${tried}'; exit 100; }`);
    node.shim("sleep", `echo "$@" >'${join(node.folder, "waited")}'`);
    expect(await node.start([], { PACKAGE_WAIT_SECONDS: "20" })).toMatchObject({ code: 0 });
    expect(readFileSync(join(node.folder, "waited"), "utf8")).toBe("5\n");
  });

  test("is left alone where it can", async () => {
    node.shim("apt-get", "exit 1");
    expect(await node.start()).toMatchObject({ code: 0 });
  });

  test("says what could not be installed", async () => {
    node.shim("python3", `case "$*" in *ensurepip*) exit 1;; esac\nexec '${python}' "$@"`);
    node.shim("apt-get", "exit 100");
    const result = await node.start([], { PACKAGE_WAIT_SECONDS: "0" });
    const stderr = "start task: apt-get could not install python3-venv in 0 seconds\n";
    expect(result).toEqual({ code: 1, stdout: "", stderr });
  });

  test("must be new enough", async () => {
    const older = "import sys; sys.version_info = (3, 9, 2)";
    node.shim(
      "python3",
      `if [ "$1" = - ]; then { echo '${older}'; cat; } | '${python}' "$@"; exit; fi\nexec '${python}' "$@"`,
    );
    const result = await node.start();
    expect(result).toEqual({ code: 1, stdout: "", stderr: "start task: found Python 3.9, expected 3.10 or newer\n" });
  });
});

test.each(["BATCH_KEYVAULT_HOME", "CERTIFICATE_STORE", "AZ_BATCH_NODE_SHARED_DIR"])(
  "%s must be an absolute path, before anything is written",
  async (name) => {
    expect(await node.start([], { [name]: "here" })).toEqual({
      code: 1,
      stdout: "",
      stderr: `start task: ${name}: found 'here', expected an absolute path\n`,
    });
    expect(readdirSync(node.home)).toEqual(["venv"]);
  },
);

test("the way in must be a known one, before anything is written", async () => {
  expect(await node.start([], { BATCH_KEYVAULT_ACCESS: "password" })).toEqual({
    code: 1,
    stdout: "",
    stderr: "start task: BATCH_KEYVAULT_ACCESS: found 'password', expected certificate or managedIdentity\n",
  });
  expect(readdirSync(node.home)).toEqual(["venv"]);
});

test.each([undefined, ""])("where the environment does not name it (%j), it is a certificate", async (access) => {
  expect(await node.start([], { BATCH_KEYVAULT_ACCESS: access })).toMatchObject({ code: 0 });
  expect(readdirSync(join(node.home, "certificates"))).toEqual([`${certificateName}.1`]);
});

test("the certificate's name must be known", async () => {
  const result = await node.start([], { CERTIFICATE_NAME: "" });
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain("CERTIFICATE_NAME: expected <vault>.<secret>");
  expect(readdirSync(node.home)).toEqual(["venv"]);
});
