import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../../nodes/run";
import { temporaryFolder } from "../../temporaryFolder";
import { startNpmStandIn } from "./npmStandIn";
import { exampleFile, makeRepository, programFolder, stackFile } from "./surroundings";

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Workflow {
  permissions: object;
  concurrency: object;
  jobs: Record<
    string,
    { permissions: Record<string, string>; steps: Step[]; strategy: { matrix: { stack: string[] } } }
  >;
}

const file = join(__dirname, "../../../.github/workflows/rotation.yml");
const workflow = parse(readFileSync(file, "utf8")) as Workflow;
const job = workflow.jobs["propose"];
const script = (name: string) => job?.steps.find((step) => step.name === name)?.run ?? "";

let npm: Awaited<ReturnType<typeof startNpmStandIn>>;

beforeAll(async () => {
  npm = await startNpmStandIn();
});

afterAll(() => npm.stop());

/** A clone with its origin, in which the workflow's scripts run with stand-ins for npm, pulumi and gh. */
function checkout(generation: number) {
  const own = `  batch-keyvault:certificate:\n    generation: ${generation}\n`;
  const folder = makeRepository({ "Pulumi.dev.yaml": stackFile(own), ".gitignore": "temp\n" });
  const origin = temporaryFolder();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8" });
  const temp = join(folder, "temp");
  mkdirSync(temp);
  const standIns = {
    npm: npm.script,
    pulumi: `cat "\${OUTPUTS:-${exampleFile}}"`,
    // Remembers pull requests by their branches; all of them have been closed since. A stranger's are in fork-pulls.
    gh: [
      `case "$1 $2" in`,
      `"auth setup-git") ;;`,
      `"pr list") case "$*" in *"select(.isCrossRepository|not)"*) forks= ;; *) forks="${temp}/fork-pulls" ;; esac`,
      `  [ "$5 $6" = "--state all" ] && grep -h -s -o "head $4 " "${temp}/pulls" $forks || true ;;`,
      `"pr create") echo "$@" >> "${temp}/pulls"; cp "\${10}" "${temp}/pull-body.md" ;;`,
      `*) exit 1 ;;`,
      `esac`,
    ].join("\n"),
  };
  const env: NodeJS.ProcessEnv = {
    PATH: [...Object.entries(standIns).map(([name, text]) => programFolder(name, text)), process.env["PATH"]].join(":"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...{ STACK: "dev", GITHUB_REF_NAME: "main", RUNNER_TEMP: temp },
    ...{ GITHUB_OUTPUT: join(temp, "output"), GITHUB_STEP_SUMMARY: join(temp, "summary") },
  };
  git("init", "--quiet", "--initial-branch", "main");
  git("init", "--quiet", "--bare", origin);
  git("remote", "add", "origin", origin);
  git("add", "--all");
  git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "start");
  git("push", "--quiet", "origin", "main");

  const told = (name: string) => (existsSync(join(temp, name)) ? readFileSync(join(temp, name), "utf8") : "");
  const step = async (name: string, now: string, more: NodeJS.ProcessEnv = {}) => {
    const path = join(temp, "step.sh");
    writeFileSync(path, `cd "${folder}"\n${script(name)}`);
    return run("bash", ["-e", path], { ...env, NOW: now, ...more });
  };
  const write = (name: string, text: string) => {
    writeFileSync(join(temp, name), text);
  };
  return { git, told, write, step, reset: () => git("switch", "--quiet", "main") };
}

const tell = "Tell when the certificate ends";
const propose = "Propose the rotation";
const soon = "2029-10-01T00:00:00Z";

test("asks for no more rights than it needs, and pins what it runs", () => {
  expect(workflow.permissions).toEqual({});
  expect(job?.permissions).toEqual({ contents: "write", "id-token": "write", "pull-requests": "write" });
  const used = job?.steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses])) ?? [];
  expect(used).toHaveLength(2);
  for (const action of used) expect(action).toMatch(/^\.\/\.github\/actions\/pulumi$|@[0-9a-f]{40}$/);
  expect(job?.steps.find(({ uses }) => uses?.includes("checkout"))?.with).toEqual({ "persist-credentials": false });
  expect(readFileSync(file, "utf8")).not.toMatch(/secrets\.|show-secrets|pull_request_target/);
  // Only what pushes and proposes has the token.
  expect(job?.steps.filter(({ env }) => env?.["GH_TOKEN"] !== undefined).map(({ name }) => name)).toEqual([propose]);
});

test("no text of others gets into its scripts", () => {
  for (const { run: text } of job?.steps ?? []) expect(text ?? "").not.toContain("${{");
});

test("looks at every stack that people deploy", () => {
  expect(job?.strategy.matrix.stack).toEqual(["dev", "prod"]);
});

test.each([
  ["2029-01-01T00:00:00Z", "", "ends on 2029-10-25T09:12:40Z, in 297 days"],
  [soon, "rotate=true\n", "in 24 days"],
  ["2030-01-01T00:00:00Z", "rotate=true\n", "ended on 2029-10-25T09:12:40Z"],
])("at %s it says %j to the next step", async (now, output, line) => {
  const { step, told } = checkout(3);
  expect(await step(tell, now)).toMatchObject({ code: 0, stderr: "" });
  expect(told("output")).toBe(output);
  expect(told("summary")).toContain(line);
});

test("fails where the end cannot be told", async () => {
  const { step, told } = checkout(3);
  const stderr = "outputs: found no JSON object, expected that of pulumi stack output --json\n";
  expect(await step(tell, soon, { OUTPUTS: "/dev/null" })).toMatchObject({ code: 1, stderr });
  expect(told("output")).toBe("");
});

test("proposes one change of one line, once", async () => {
  const { step, told, git, reset } = checkout(3);
  await step(tell, soon);
  expect(await step(propose, soon)).toMatchObject({ code: 0 });
  const branch = "origin/rotation/dev-generation-4";
  expect(git("diff", "--stat", "--format=", "main", branch)).toContain("1 file changed, 1 insertion(+), 1 deletion(-)");
  expect(git("show", `${branch}:Pulumi.dev.yaml`)).toContain("generation: 4\n");
  expect(told("pulls")).toContain("--title Rotate the certificate of dev to generation 4");
  expect(told("pull-body.md")).toMatch(
    /^Stack dev: certificate generation 3 ends on .*\n\nRotates the certificate of stack `dev`/,
  );

  reset();
  const commit = git("rev-parse", branch);
  expect(await step(propose, soon)).toMatchObject({ code: 0 });
  expect(git("rev-parse", branch)).toBe(commit);
  expect(told("pulls").trim().split("\n")).toHaveLength(1);
});

test("proposes again what was pushed only", async () => {
  const { step, told, git, reset } = checkout(3);
  await step(tell, soon);
  git("push", "--quiet", "origin", "main:refs/heads/rotation/dev-generation-4");
  reset();
  expect(await step(propose, soon)).toMatchObject({ code: 0 });
  expect(told("pulls")).toContain("--head rotation/dev-generation-4 ");
});

test("proposes beside a pull request of a fork whose branch has the same name", async () => {
  const { step, told, write } = checkout(3);
  await step(tell, soon);
  write("fork-pulls", "--head rotation/dev-generation-4 \n");
  expect(await step(propose, soon)).toMatchObject({ code: 0 });
  expect(told("pulls")).toContain("--head rotation/dev-generation-4 ");
});

test("proposes nothing where the file is ahead of what is deployed", async () => {
  const { step, told, git } = checkout(4);
  await step(tell, soon);
  expect(await step(propose, soon)).toMatchObject({
    ...{
      code: 0,
      stdout: expect.stringContaining("::warning::The generation of stack dev has been raised already") as string,
    },
  });
  expect(told("pulls")).toBe("");
  expect(git("branch", "--all")).not.toContain("rotation/");
});
