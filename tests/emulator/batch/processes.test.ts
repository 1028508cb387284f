import "reflect-metadata";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TestEmulator } from "../harness";
import {
  eventually,
  type Identity,
  keyVaultExtension,
  linuxMachine,
  makeCertificate,
  oneNode,
  poolBody,
  Subscription,
  withExtensions,
} from "./subscription";

// Machines of many tests at once are slow; `eventually` ends earlier.
jest.setTimeout(60_000);

let azure: TestEmulator;
let subscription: Subscription;

beforeAll(async () => {
  azure = await TestEmulator.start();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
});

afterAll(async () => {
  await azure.stop();
});

const sh = (script: string) => `/bin/sh -c '${script}'`;
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a start task", () => {
  it("runs with its settings, /var/lib being the node's own, and lets the node be idle", async () => {
    const startTask = {
      commandLine: sh("echo $GREETING $STORE; pwd; echo to stderr >&2; ln -s /etc/hosts ../outside"),
      environmentSettings: [
        { name: "GREETING", value: "hello there" },
        { name: "STORE", value: "/var/lib/store" },
      ],
      userIdentity: { autoUser: { scope: "Pool", elevationLevel: "Admin" } },
    };
    await subscription.putPool("starts", poolBody({ startTask, scaleSettings: oneNode }));
    const [node] = await subscription.nodesIn("starts", ["idle"]);
    expect(node?.startTaskInfo).toMatchObject({ state: "completed", result: "success", exitCode: 0, retryCount: 0 });
    const files = `/pools/starts/nodes/${node?.id ?? ""}/files/startup`;
    const root = join(azure.folder, "nodes", "trialaccount", "starts", node?.id ?? "");
    const { text } = await subscription.batch("GET", `${files}/stdout.txt`);
    expect(text).toBe(`hello there ${root}/var/lib/store\n${root}/mnt/batch/tasks/startup/wd\n`);
    expect((await subscription.batch("GET", `${files}/stderr.txt`)).text).toBe("to stderr\n");
    expect((await subscription.batch("GET", `${files}/outside`)).status).toBe(404);
  });

  it("that fails leaves the node in starttaskfailed, after the tries it has", async () => {
    const startTask = { commandLine: sh("echo tried >>../tries; exit 7"), maxTaskRetryCount: 2 };
    await subscription.putPool("fails", poolBody({ startTask, scaleSettings: oneNode }));
    const [node] = await subscription.nodesIn("fails", ["starttaskfailed"]);
    expect(node?.startTaskInfo).toMatchObject({ exitCode: 7, retryCount: 2, failureInfo: { code: "FailureExitCode" } });
    const { text } = await subscription.batch("GET", `/pools/fails/nodes/${node?.id ?? ""}/files/startup/tries`);
    expect(text).toBe("tried\ntried\ntried\n");
  });

  it("need not be waited for", async () => {
    const startTask = { commandLine: sh("exit 3"), waitForSuccess: false };
    await subscription.putPool("careless", poolBody({ startTask, scaleSettings: oneNode }));
    await eventually(
      "the start task to end on an idle node",
      () => subscription.nodes("careless"),
      ([node]) => node?.state === "idle" && node.startTaskInfo?.exitCode === 3,
    );
  });

  it("whose program is not there says so", async () => {
    await subscription.putPool(
      "lost",
      poolBody({ startTask: { commandLine: "no-such-program --x" }, scaleSettings: oneNode }),
    );
    const [node] = await subscription.nodesIn("lost", ["starttaskfailed"]);
    expect(node?.startTaskInfo?.failureInfo?.code).toBe("CommandProgramNotFound");
  });

  it("takes effect on a node only when it is rebooted", async () => {
    await subscription.putPool(
      "reboots",
      poolBody({ startTask: { commandLine: sh("exit 1") }, scaleSettings: oneNode }),
    );
    const [node] = await subscription.nodesIn("reboots", ["starttaskfailed"]);
    const better = poolBody({ startTask: { commandLine: sh("exit 0") }, scaleSettings: oneNode });
    expect((await subscription.putPool("reboots", better)).status).toBe(200);
    expect((await subscription.nodes("reboots"))[0]?.state).toBe("starttaskfailed");
    expect((await subscription.batch("POST", `/pools/reboots/nodes/${node?.id ?? ""}/reboot`)).status).toBe(202);
    expect((await subscription.nodesIn("reboots", ["idle"]))[0]?.id).toBe(node?.id);
  });
});

describe("tasks", () => {
  beforeAll(async () => {
    await subscription.putPool("works", poolBody({ scaleSettings: { fixedScale: { targetDedicatedNodes: 2 } } }));
    await subscription.nodesIn("works", ["idle"], 2);
    await subscription.addJob("work", "works");
  });

  it("run as processes that know where they are", async () => {
    const task = await subscription.run(
      "work",
      "knows",
      sh("echo $AZ_BATCH_TASK_ID $AZ_BATCH_JOB_ID $AZ_BATCH_POOL_ID $MINE"),
      {
        environmentSettings: [{ name: "MINE", value: "set" }],
      },
    );
    expect(task).toMatchObject({ output: "knows work works set\n", executionInfo: { exitCode: 0, result: "success" } });
  });

  it("get no shell of Batch's own, and nothing of the machine's environment", async () => {
    process.env.MACHINE_SECRET = "leaked";
    const task = await subscription.run("work", "plain", `/usr/bin/env printf '%s|' "a  b" $HOME c\\ d > e`);
    expect(task.output).toBe("a  b|$HOME|c d|>|e|");
    const environment = await subscription.run("work", "environment", "/usr/bin/env");
    expect(environment.output).not.toContain("leaked");
    delete process.env.MACHINE_SECRET;
  });

  it("are refused what would change the machine", async () => {
    const task = await subscription.run("work", "privileged", "apt-get install -y something");
    expect(task.executionInfo).toMatchObject({ exitCode: 1, result: "failure" });
    expect(task.errors).toContain("refused");
  });

  it("run on the node that they name, else on the other", async () => {
    const nodes = await subscription.nodes("works");
    const named = await Promise.all(
      nodes.map(({ affinityId }, index) =>
        subscription.run("work", `named-${index}`, sh("true"), { affinityInfo: { affinityId } }),
      ),
    );
    expect(named.map(({ nodeInfo }) => nodeInfo?.nodeId)).toEqual(nodes.map(({ id }) => id));
    const spread = await Promise.all(["a", "b"].map((id) => subscription.run("work", id, sh("sleep 0.5"))));
    expect(new Set(spread.map(({ nodeInfo }) => nodeInfo?.nodeId)).size).toBe(2);
  });

  it("fail with their exit code, are tried again as often as they may, and end when their time is over", async () => {
    const failed = await subscription.run("work", "fails", sh("exit 9"), { constraints: { maxTaskRetryCount: 1 } });
    expect(failed.executionInfo).toMatchObject({
      exitCode: 9,
      retryCount: 1,
      failureInfo: { code: "FailureExitCode" },
    });
    const long = await subscription.run("work", "long", sh("sleep 60"), { constraints: { maxWallClockTime: "PT1S" } });
    expect(long.executionInfo.failureInfo?.code).toBe("TaskEnded");
  });

  it("leave nothing running, and their output is bounded", async () => {
    const task = await subscription.run("work", "leaves", sh("sleep 300 & echo $!; yes | head -c 3000000"));
    await eventually(
      "the background to end",
      () => isAlive(Number.parseInt(task.output)),
      (alive) => !alive,
    );
    expect(task.output.length).toBeLessThan(1_100_000);
  });

  it("go with their job, running or not", async () => {
    await subscription.addJob("short", "works");
    await subscription.addTask("short", { id: "sleeps", commandLine: sh("echo $$; exec sleep 300") });
    const output = () => subscription.batch("GET", "/jobs/short/tasks/sleeps/files/stdout.txt");
    const { text } = await eventually(
      "the task to say its id",
      output,
      (reply) => reply.status === 200 && /^\d+\n/.test(reply.text),
    );
    expect(isAlive(Number(text))).toBe(true);
    expect((await subscription.batch("DELETE", "/jobs/short")).status).toBe(202);
    await eventually(
      "the process to end",
      () => isAlive(Number(text)),
      (alive) => !alive,
    );
    expect((await subscription.batch("GET", "/jobs/short")).status).toBe(404);
  });

  it("go back to the queue when their node leaves", async () => {
    const { status } = await subscription.addTask("work", { id: "moves", commandLine: sh("sleep 2") });
    expect(status).toBe(201);
    await eventually(
      "it to run",
      () => subscription.task("work", "moves"),
      ({ state }) => state === "running",
    );
    await subscription.putPool("works", poolBody({ scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } } }));
    const moved = await eventually(
      "it to wait",
      () => subscription.task("work", "moves"),
      ({ state }) => state === "active",
    );
    expect(moved.executionInfo.requeueCount).toBe(1);
  });
});

describe("path units", () => {
  let identity: Identity;

  it("asked for by the start task run when the extension has stored a later version", async () => {
    const vault = "pathunitvault";
    await subscription.makeVault(vault);
    identity = await subscription.makeIdentity("path-unit-identity");
    await subscription.allow(vault, identity.principalId, ["get", "list"]);
    await subscription.setSecret(vault, "observed", (await makeCertificate("CN=a")).pem, "application/x-pem-file");
    const extension = keyVaultExtension("linux", identity, `https://${vault}.vault.azure.net/secrets/observed`);
    const unit = "/bin/sh -c 'ls $STORE >$OUT; echo [$GREETING] >>$OUT'";
    const script = `systemd-run --unit=share --path-property=PathChanged="$STORE" --setenv=OUT="$OUT" -E STORE ${unit}`;
    const startTask = {
      commandLine: `/bin/sh -c ${JSON.stringify(script)}`,
      environmentSettings: [
        { name: "STORE", value: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store" },
        { name: "OUT", value: "/var/lib/listed" },
        { name: "GREETING", value: "not passed on" },
      ],
    };
    const body = poolBody(
      { ...withExtensions(linuxMachine, [extension]), startTask, scaleSettings: oneNode },
      identity,
    );
    await subscription.putPool("units", body);
    const [node] = await subscription.nodesIn("units", ["idle"]);
    const listed = join(azure.folder, "nodes", "trialaccount", "units", node?.id ?? "", "var/lib/listed");
    expect(existsSync(listed)).toBe(false);

    await (await azure.connection()).setPolling(0.5);
    const version = await subscription.setSecret(
      vault,
      "observed",
      (await makeCertificate("CN=a")).pem,
      "application/x-pem-file",
    );
    const text = await eventually(
      "the unit to run",
      () => (existsSync(listed) ? readFileSync(listed, "utf8") : ""),
      (read) => read.endsWith("]\n"),
    );
    expect(text).toContain(`${vault}.observed.${version}`);
    expect(text).toContain("[]\n");
  });
});

describe("an emulator that is started again", () => {
  it("takes up idle nodes without another start task, and runs what was cut off once more", async () => {
    const startTask = { commandLine: sh("echo once >>../runs") };
    await subscription.putPool("kept", poolBody({ startTask, scaleSettings: oneNode }));
    const [before] = await subscription.nodesIn("kept", ["idle"]);
    await subscription.addJob("kept-job", "kept");
    const seen = "$AZ_BATCH_NODE_SHARED_DIR/seen";
    await subscription.addTask("kept-job", {
      id: "cut",
      commandLine: sh(`test -f ${seen} || { touch ${seen}; echo seen; sleep 60; }`),
    });
    await eventually(
      "it to run",
      () => subscription.batch("GET", "/jobs/kept-job/tasks/cut/files/stdout.txt"),
      (reply) => reply.status === 200 && reply.text === "seen\n",
    );
    await azure.restart();
    const [after] = await subscription.nodesIn("kept", ["idle", "running"]);
    expect(after?.id).toBe(before?.id);
    const { text } = await subscription.batch("GET", `/pools/kept/nodes/${after?.id ?? ""}/files/startup/runs`);
    expect(text).toBe("once\n");
    const task = await eventually(
      "it to end",
      () => subscription.task("kept-job", "cut"),
      ({ state }) => state === "completed",
    );
    expect(task.executionInfo).toMatchObject({ requeueCount: 1, result: "success" });
  });

  it("has left no process of a node behind when it was killed", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "killedEmulator.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let folder = "";
    try {
      const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      const [first = "", ...ids] = line.trim().split(" ");
      folder = first;
      const pids = ids.map(Number);
      expect(pids).toHaveLength(2);
      expect(pids.every(isAlive)).toBe(true);
      child.kill("SIGKILL");
      await eventually(
        "its processes to end",
        () => pids.filter(isAlive),
        (alive) => alive.length === 0,
      );
    } finally {
      child.kill("SIGKILL");
      if (folder !== "") rmSync(folder, { recursive: true, force: true });
    }
  });
});
