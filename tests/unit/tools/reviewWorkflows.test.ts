import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { longestComment, marker, roomForPreface } from "../../../tools/review/comment";
import { run } from "../../nodes/run";
import { temporaryFolder } from "../../temporaryFolder";
import { programFolder } from "./surroundings";

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  shell?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  if?: string;
  uses?: string;
  with?: object;
  needs?: string;
  environment?: string;
  concurrency?: object;
  permissions?: Record<string, string>;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  jobs: Record<string, Job>;
}

const github = join(__dirname, "../../../.github");
const files = readdirSync(join(github, "workflows"));
const textOf = (path: string) => readFileSync(join(github, path), "utf8");
const workflow = (name: string) => parse(textOf(`workflows/${name}.yml`)) as Workflow;
const job = (name: string, id: string) => workflow(name).jobs[id] ?? {};
const action = parse(textOf("actions/pulumi/action.yml")) as { runs: { steps: Step[] } };
const stepsOf = (file: string) =>
  Object.values((parse(textOf(`workflows/${file}`)) as Workflow).jobs).flatMap(({ steps = [] }) => steps);

describe.each(files)("%s", (file) => {
  const steps = stepsOf(file);

  test("runs only actions of its own, or those that are pinned by their hash", () => {
    for (const { uses } of [...steps, ...action.runs.steps]) {
      if (uses !== undefined) expect(uses).toMatch(/^\.\/\.github\/|@[0-9a-f]{40}$/);
    }
  });

  test("has no secret, no rights of the base for the code of others, and no text of others in a script", () => {
    expect(textOf(`workflows/${file}`)).not.toMatch(/secrets\.|show-secrets|pull_request_target|upload-artifact/);
    for (const { run: text } of steps) expect(text ?? "").not.toContain("${{");
    for (const { uses, with: given } of steps) {
      if (uses?.startsWith("actions/checkout@")) expect(given).toEqual({ "persist-credentials": false });
    }
  });

  test("gives the token of the repository only to what comments and proposes", () => {
    const names = steps.filter(({ env }) => env?.["GH_TOKEN"] !== undefined).map(({ name }) => name);
    expect(["Comment", "Tell", "Propose the rotation"]).toEqual(expect.arrayContaining(names));
  });
});

test("each asks for the rights that it needs, and for no more", () => {
  const signIn = { contents: "read", "id-token": "write" };
  expect(["preview", "deploy", "deploy-stack", "drift"].map((name) => workflow(name).permissions)).toEqual([
    {},
    {},
    {},
    {},
  ]);
  expect(workflow("test").permissions).toEqual({ contents: "read" });
  expect(job("preview", "preview").permissions).toEqual({ ...signIn, "pull-requests": "write" });
  expect(job("preview", "fork").permissions).toEqual({ contents: "read" });
  expect(job("deploy", "dev").permissions).toEqual(signIn);
  expect(job("deploy", "prod").permissions).toEqual(signIn);
  expect(job("deploy-stack", "up").permissions).toEqual(signIn);
  expect(job("drift", "look").permissions).toEqual({ ...signIn, issues: "write" });
});

test("a fork gets a preview without an identity, everybody else one with it", () => {
  const same = "github.event.pull_request.head.repo.full_name == github.repository";
  expect(job("preview", "preview").if).toBe(same);
  expect(job("preview", "fork").if).toBe(same.replace("==", "!="));
  expect(job("preview", "fork").environment).toBeUndefined();
  expect(JSON.stringify(job("preview", "fork"))).not.toMatch(/client-id|vars\./);
});

test("prod is deployed after dev, each in its environment, and no deployment is ended by the next one", () => {
  expect(workflow("deploy").on).toMatchObject({ push: { branches: ["main"] } });
  expect(job("deploy", "prod").needs).toBe("dev");
  expect([job("deploy", "dev").uses, job("deploy", "prod").uses]).toEqual(
    Array.from({ length: 2 }, () => "./.github/workflows/deploy-stack.yml"),
  );
  const up = job("deploy-stack", "up");
  expect(up.environment).toBe("${{ inputs.stack }}");
  expect(up.concurrency).toEqual({ group: "deploy-${{ inputs.stack }}", "cancel-in-progress": false });
});

test("a deployment refreshes where it is started by hand like that", async () => {
  expect(workflow("deploy").on).toMatchObject({ workflow_dispatch: { inputs: { refresh: { type: "boolean" } } } });
  for (const stack of ["dev", "prod"]) {
    expect(job("deploy", stack).with).toEqual({ stack, refresh: "${{ inputs.refresh || false }}" });
  }
  const { step } = runner(job("deploy-stack", "up").steps, { pulumi: 'echo "$*"' });
  for (const refresh of ["true", "false"]) {
    const { stdout } = await step("pulumi up", { REFRESH: refresh, GITHUB_SHA: "1a" });
    expect(stdout).toContain(` --refresh=${refresh} `);
  }
});

test("prod is started by hand alone where the repository says so", () => {
  expect(job("deploy", "prod").if).toBe("github.event_name == 'workflow_dispatch' || vars.PROD_BY_HAND != 'true'");
});

test("the policy pack looks at previews and deployments", () => {
  for (const [name, id] of [
    ["preview", "preview"],
    ["deploy-stack", "up"],
  ] as const) {
    expect(job(name, id).steps?.some(({ run: text }) => text?.includes("--policy-pack policy"))).toBe(true);
  }
});

/** Runs a step's script with stand-ins for the programs that it calls. */
function runner(steps: readonly Step[] = [], programs: Readonly<Record<string, string>> = {}) {
  const temp = temporaryFolder();
  const folders = Object.entries(programs).map(([program, script]) => programFolder(program, script));
  const env = {
    PATH: [...folders, process.env["PATH"]].join(":"),
    ...{ STACK: "dev", RUNNER_TEMP: temp, TEMP_FOLDER: temp },
    ...{ GITHUB_OUTPUT: join(temp, "output"), GITHUB_STEP_SUMMARY: join(temp, "summary") },
  };
  return {
    write: (file: string, text: string) => {
      writeFileSync(join(temp, file), text);
    },
    told: (file: string) => (existsSync(join(temp, file)) ? readFileSync(join(temp, file), "utf8") : ""),
    step: (stepName: string, more: NodeJS.ProcessEnv = {}) => {
      const found = steps.find((step) => step.name === stepName);
      writeFileSync(join(temp, "step.sh"), found?.run ?? "exit 99");
      // As the runner calls it: -e, and pipefail only where a shell is named.
      const pipefail = found?.shell === "bash" ? ["-o", "pipefail"] : [];
      return run("bash", ["-e", ...pipefail, join(temp, "step.sh")], { ...env, ...more });
    },
  };
}

describe("the step Preview", () => {
  test.each([
    ["exit 0", "code=0\n"],
    ["exit 255", "code=255\n"],
  ])("of a preview that ends with %j makes the comment and says %j", async (end, output) => {
    const { step, told } = runner(job("preview", "preview").steps, {
      pulumi: `echo "$*"; ${end}`,
      npm: `printf 'comment of '; cat "$8"`,
    });
    expect(await step("Preview")).toMatchObject({ code: 0 });
    expect(told("output")).toBe(output);
    expect(told("comment.md")).toBe("comment of preview --json --non-interactive --stack dev --policy-pack policy\n");
    expect(told("summary")).toBe(told("comment.md"));
  });

  test.each([0, 1])("comments on a failure where nothing can be reviewed and pulumi ends with %i", async (end) => {
    const { step, told } = runner(job("preview", "preview").steps, {
      pulumi: `exit ${end}`,
      npm: "echo half a comment; exit 1",
    });
    expect(await step("Preview", { RUN: "run-url" })).toMatchObject({ code: 0, stderr: "" });
    expect(told("output")).toBe("code=1\n");
    expect(told("comment.md")).toBe(
      `${marker("dev")}\n| dev | **the preview failed** |\n| --- | --- |\n\nIt got no further than [its run](run-url) tells.\n`,
    );
  });
});

describe("the step Comment", () => {
  /** Answers with `comments` to the jq program that it is given, as gh does, and remembers what is written. */
  const comments = (found: readonly object[]) => {
    const tools = runner(job("preview", "preview").steps, {
      gh: `case "$*" in *--paginate*) node -e '${select}' "$TEMP_FOLDER/comments.json" ;; *) echo "$*" >> "$TEMP_FOLDER/calls" ;; esac`,
    });
    tools.write("comments.json", JSON.stringify(found));
    tools.write("comment.md", `${marker("dev")}\n| dev | no changes |\n`);
    return tools;
  };
  const select = `const all = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    for (const { user, body, id } of all) if (user.login === "github-actions[bot]" && body.startsWith(process.env.MARKER)) console.log(id);`;
  const env = { COMMENTS: "repos/o/r/issues/7/comments", COMMENT: "repos/o/r/issues/comments" };
  const bot = { login: "github-actions[bot]" };

  test("writes a first comment, also beside those of other stacks and people", async () => {
    const { step, told } = comments([
      { id: 1, user: bot, body: `${marker("prod")}\n` },
      { id: 2, user: { login: "somebody" }, body: `${marker("dev")}\n` },
    ]);
    expect(await step("Comment", env)).toMatchObject({ code: 0, stderr: "" });
    expect(told("calls")).toMatch(
      /^api --silent --method POST repos\/o\/r\/issues\/7\/comments --field body=@.*comment\.md\n$/,
    );
  });

  test("writes none where comments cannot be listed", async () => {
    const tools = runner(job("preview", "preview").steps, { gh: `echo "$*" >> "$TEMP_FOLDER/calls"; exit 1` });
    tools.write("comment.md", `${marker("dev")}\n`);
    expect((await tools.step("Comment", env)).code).toBe(1);
    expect(tools.told("calls")).not.toContain("--method");
  });

  test("writes over its own", async () => {
    const { step, told } = comments([{ id: 3, user: bot, body: `${marker("dev")}\nold` }]);
    expect(await step("Comment", env)).toMatchObject({ code: 0, stderr: "" });
    expect(told("calls")).toMatch(/^api --silent --method PATCH repos\/o\/r\/issues\/comments\/3 --field body=@/);
  });
});

describe("the variables of an environment", () => {
  const look = (more: NodeJS.ProcessEnv) =>
    runner(action.runs.steps).step("Look for the environment's variables", {
      ...{ ENVIRONMENT: "drift-dev", AZURE_CLIENT_ID: "c", AZURE_TENANT_ID: "t", AZURE_SUBSCRIPTION_ID: "s" },
      ...more,
    });

  test("are looked for first, by each job that has an environment", () => {
    expect(action.runs.steps[0]?.name).toBe("Look for the environment's variables");
    for (const [name, id] of [
      ["preview", "preview"],
      ["deploy-stack", "up"],
      ["drift", "look"],
      ["rotation", "propose"],
    ] as const) {
      const { environment, steps = [] } = job(name, id);
      const given = steps.find(({ uses }) => uses === "./.github/actions/pulumi")?.with;
      expect(given?.["environment"]).toBe(environment);
    }
  });

  test("may not be missing", async () => {
    expect(await look({})).toMatchObject({ code: 0, stdout: "" });
    const { code, stdout } = await look({ AZURE_CLIENT_ID: "" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error::environment drift-dev has no variable AZURE_CLIENT_ID \(.*\)\n$/);
  });
});

describe("nightly drift", () => {
  test.each([
    [0, 0, "drift=false\n"],
    [3, 0, "drift=true\n"],
    [1, 1, ""],
  ])("a review that ends with %i lets the step end with %i and say %j", async (review, code, output) => {
    const { step, told } = runner(job("drift", "look").steps, {
      pulumi: "echo events",
      npm: `echo found; exit ${review}`,
    });
    expect((await step("Look")).code).toBe(code);
    expect(told("output")).toBe(output);
    expect(told("summary")).toBe("found\n");
  });

  const tell = async (issue: string, drift: boolean) => {
    const { step, told, write } = runner(job("drift", "look").steps, {
      gh: `case "$*" in "issue list"*title,author*.author.is_bot*'"github-actions"'*) echo "$ISSUE" ;; *) echo "$*" >> "$TEMP_FOLDER/calls" ;; esac`,
    });
    write("found.md", "what was found\n");
    const result = await step("Tell", { ISSUE: issue, DRIFT: String(drift), RUN: "run-url" });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    return { calls: told("calls"), issue: told("issue.md") };
  };

  test("opens an issue, keeps it up to date, and closes it", async () => {
    const opened = await tell("", true);
    expect(opened.calls).toMatch(/^issue create --title Azure has not what was deployed to dev --body-file /);
    expect(opened.issue).toMatch(/\[what was found\]\(run-url\):\n\nwhat was found\n$/);
    expect(opened.issue).toContain("`pulumi up --refresh`");
    expect((await tell("12", true)).calls).toMatch(/^issue edit 12 --body-file /);
    expect((await tell("12", false)).calls).toBe("issue close 12 --comment Azure has it again: run-url\n");
    expect((await tell("", false)).calls).toBe("");
  });
});

test("its preface and the longest comment are no more than GitHub takes", async () => {
  const { step, told, write } = runner(job("drift", "look").steps, { gh: "exit 0" });
  write("found.md", "x".repeat(longestComment - roomForPreface));
  expect(await step("Tell", { DRIFT: "true", RUN: `https://github.com/${"r".repeat(200)}` })).toMatchObject({
    code: 0,
  });
  expect(told("issue.md").length).toBeGreaterThan(longestComment - roomForPreface);
  expect(told("issue.md").length).toBeLessThanOrEqual(longestComment);
});

test("all that is pinned is updated: packages, the CLI, actions", () => {
  const { updates } = parse(textOf("dependabot.yml")) as {
    updates: { "package-ecosystem": string; directory?: string; directories?: string[]; groups: object }[];
  };
  const places = updates.map((each) => [each["package-ecosystem"], each.directory ?? each.directories]);
  expect(places).toEqual([
    ["npm", "/"],
    ["gomod", "/tools/pulumi"],
    ["github-actions", ["/", "/.github/actions/*"]],
  ]);
  for (const { groups } of updates) expect(Object.keys(groups).length).toBeGreaterThan(0);
});
