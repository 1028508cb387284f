import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lock, PlainError, run } from "../command/processes.mjs";
import { withProgress } from "../command/progress.mjs";

/**
 * Builds the engine from its Go module, for machines that reach only package registries. Two runs at once build it once:
 * the second waits for the first.
 * @param {{ source: string, folder: string, version: string }} options source: folder of go.mod; folder: gets bin/pulumi
 */
export async function buildEngine({ source, folder, version }) {
  const binary = join(folder, "bin", "pulumi");
  mkdirSync(join(folder, "bin"), { recursive: true });
  const release = await lock(join(folder, "build.pid"));
  try {
    if (existsSync(binary)) return;
    await requireGo();
    const work = build(source, folder, version, binary);
    await withProgress(`building the Pulumi engine ${version} from source, once; about 4 minutes on 2 cores`, work);
  } finally {
    release();
  }
}

async function requireGo() {
  if ((await run("go", ["version"])).code === 0) return;
  throw new PlainError(
    "Go is missing: it builds the Pulumi engine here, because no Pulumi new enough is on PATH and its download site cannot be reached. Install Go 1.21 or newer, or Pulumi.",
  );
}

/** Made beside its place and moved there whole, so that a killed build leaves nothing that looks like an engine. */
async function build(source, folder, version, binary) {
  for (const left of readdirSync(folder)) {
    if (left.startsWith("draft-")) rmSync(join(folder, left), { recursive: true, force: true });
  }
  const draft = mkdtempSync(join(folder, "draft-"));
  try {
    // The Automation API refuses an engine that does not know its own version.
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    const target = join(draft, "pulumi");
    const args = [
      "build",
      "-mod=readonly",
      "-ldflags",
      flags,
      "-o",
      target,
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ];
    const answer = await run("go", args, { cwd: source, env: { ...process.env, GOWORK: "off" } });
    if (answer.code !== 0) {
      throw new PlainError(
        `building the Pulumi engine failed: ${answer.stderr.trim().split("\n").slice(-5).join("\n")}`,
      );
    }
    renameSync(target, binary);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
