import { PlainError, run } from "../command/processes.mjs";
import { withProgress } from "../command/progress.mjs";
import { binaryIn } from "./keep.mjs";

/**
 * Builds the engine from its Go module, for machines that reach only package registries.
 * @param {{ source: string, folder: string, version: string }} options source: folder of go.mod; folder: gets bin/pulumi
 */
export async function buildEngine({ source, folder, version }) {
  await requireGo();
  const label = `building the Pulumi engine ${version} from source, once; about 4 minutes on 2 cores`;
  await withProgress(label, build(source, binaryIn(folder), version));
}

async function requireGo() {
  if ((await run("go", ["version"])).code === 0) return;
  throw new PlainError(
    "Go is missing: it builds the Pulumi engine here, because no Pulumi new enough is on PATH and its download site cannot be reached. Install Go 1.21 or newer, or Pulumi.",
  );
}

async function build(source, target, version) {
  // The Automation API refuses an engine that does not know its own version.
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const program = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  const args = ["build", "-mod=readonly", "-ldflags", flags, "-o", target, program];
  const answer = await run("go", args, { cwd: source, env: { ...process.env, GOWORK: "off" } });
  if (answer.code !== 0) {
    throw new PlainError(`building the Pulumi engine failed: ${answer.stderr.trim().split("\n").slice(-5).join("\n")}`);
  }
}
