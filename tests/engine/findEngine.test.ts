import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();
const repository = join(__dirname, "../..");
const script = join(repository, "emulator/engine/engine.mjs");
const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const minimum = dependencies["@pulumi/pulumi"] ?? "";
const pinned = /pkg\/v3 v(\S+)/.exec(readFileSync(join(repository, "tools/pulumi/go.mod"), "utf8"))?.[1] ?? "";

/** A folder for PATH with programs that print a line, and fail where `line` is absent. */
function pathWith(name: string, programs: Record<string, string | undefined>): string {
  const folder = join(root, name, "bin");
  mkdirSync(folder, { recursive: true });
  for (const [program, line] of Object.entries(programs)) {
    const file = join(folder, program);
    writeFileSync(file, line === undefined ? "#!/bin/sh\nexit 1\n" : `#!/bin/sh\necho '${line}'\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

function find(path: string, cache: string) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
    env: { PATH: path, HOME: root, XDG_CACHE_HOME: cache },
    encoding: "utf8",
  });
  return { stdout: stdout.trim(), stderr: stderr.trim(), status };
}

test("a pulumi on PATH is used from the Node SDK's own release on", () => {
  const path = pathWith("new", { pulumi: `v${minimum}` });
  expect(find(path, root)).toEqual({ stdout: join(path, "pulumi"), stderr: "", status: 0 });
});

test.each(["v3.100.0", "v4.0.0", "nonsense"])("a pulumi %s on PATH is passed over, and a kept one used", (version) => {
  const path = pathWith(`other-${version}`, { pulumi: version });
  const cache = join(root, `cache-${version}`);
  const kept = join(cache, "batch-keyvault/pulumi", pinned, "bin");
  mkdirSync(kept, { recursive: true });
  symlinkSync(join(path, "pulumi"), join(kept, "pulumi"));
  const found = find(path, cache);
  expect(found).toMatchObject({ stdout: join(kept, "pulumi"), status: 0 });
  expect(found.stderr).toContain(`(${version}) is not used: expected 3.x, ${minimum} or newer`);
});

test("without an engine, a download and Go there is one line that says what to install", () => {
  const found = find(pathWith("nothing", { go: undefined }), join(root, "no-cache"));
  // Where the download site can be reached the engine is downloaded instead.
  if (found.status === 0) return;
  expect(found.stderr).toMatch(/^Go is missing: .*Install Go 1\.21 or newer, or Pulumi\.$/);
  expect(found.stdout).toBe("");
}, 330_000);

/** Keeps an engine, as a process of its own that runs `make` for it: a text of JavaScript with `binary` and `writeFileSync`. */
function keep(folder: string, make: string) {
  const program = `
    import { mkdirSync, writeFileSync } from "node:fs";
    import { dirname } from "node:path";
    import { binaryIn, keepEngine } from ${JSON.stringify(join(repository, "emulator/engine/keep.mjs"))};
    console.log(await keepEngine(${JSON.stringify(folder)}, async (draft) => {
      const binary = binaryIn(draft);
      mkdirSync(dirname(binary));
      ${make}
    }));`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
}

test("an engine that was killed while it was made is not taken for one", () => {
  const folder = join(root, "kept");
  const binary = join(folder, "bin/pulumi");
  const killed = keep(folder, 'writeFileSync(binary, "half"); process.kill(process.pid, "SIGKILL");');
  expect([killed.signal, existsSync(binary)]).toEqual(["SIGKILL", false]);

  const whole = keep(folder, 'writeFileSync(binary, "whole");');
  expect([whole.stdout.trim(), readFileSync(binary, "utf8")]).toEqual([binary, "whole"]);
  expect(readdirSync(folder)).toEqual(["bin"]);

  expect(keep(folder, 'throw new Error("it is there already");').status).toBe(0);
});
