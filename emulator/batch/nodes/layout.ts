import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where things are on a node, as absolute paths of this machine: the node's file system begins at `root`. */
export interface NodeLayout {
  readonly root: string;
  /** Commands that stand in for privileged ones; first on PATH. */
  readonly shims: string;
  /** Path units asked for with `systemd-run`, a folder each. */
  readonly pathUnits: string;
  /** The account's certificates as the node got them, a folder for each kind of process that may see them. */
  readonly certificates: string;
  readonly home: string;
  readonly temporary: string;
  /** Batch's directories, by the variables that name them to tasks. */
  readonly batch: {
    readonly AZ_BATCH_NODE_ROOT_DIR: string;
    readonly AZ_BATCH_NODE_SHARED_DIR: string;
    readonly AZ_BATCH_NODE_STARTUP_DIR: string;
    readonly AZ_BATCH_NODE_MOUNTS_DIR: string;
  };
  readonly startupWork: string;
  /** Of one task: `stdout.txt`, `stderr.txt` and the working directory `wd`. */
  task(jobId: string, taskId: string): string;
}

export function layoutOf(root: string): NodeLayout {
  const tasks = join(root, "mnt", "batch", "tasks");
  const startup = join(tasks, "startup");
  return {
    root,
    shims: join(root, "opt", "emulator", "bin"),
    pathUnits: join(root, "run", "systemd", "transient"),
    certificates: join(root, "opt", "emulator", "certificates"),
    home: join(root, "home"),
    temporary: join(root, "tmp"),
    batch: {
      AZ_BATCH_NODE_ROOT_DIR: tasks,
      AZ_BATCH_NODE_SHARED_DIR: join(tasks, "shared"),
      AZ_BATCH_NODE_STARTUP_DIR: startup,
      AZ_BATCH_NODE_MOUNTS_DIR: join(tasks, "fsmounts"),
    },
    startupWork: join(startup, "wd"),
    task: (jobId, taskId) => join(tasks, "workitems", jobId, "job-1", taskId),
  };
}

/** The path on this machine of an absolute path on the node. */
export function onNode(layout: NodeLayout, path: string): string {
  // join() takes the leading slash as one between the two, and `..` cannot lead out of an absolute path.
  return join(layout.root, join("/", path));
}

export function makeFolders(layout: NodeLayout): void {
  const folders = [
    layout.shims,
    layout.pathUnits,
    layout.home,
    layout.temporary,
    ...Object.values(layout.batch),
    layout.startupWork,
  ];
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o755 });
  // Others of the machine have no business in a node: its files hold keys.
  chmodSync(layout.root, 0o700);
  writeShims(layout);
}

/** What a boot forgets. */
export function clearTransient(layout: NodeLayout): void {
  for (const folder of [layout.pathUnits, layout.temporary]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  }
}

/** Commands that would change the machine itself. */
const privileged = [
  ...["sudo", "su", "apt", "apt-get", "dpkg", "yum", "dnf", "tdnf", "rpm", "snap"],
  ...["service", "useradd", "usermod", "userdel", "groupadd", "adduser", "addgroup"],
  ...["mount", "umount", "modprobe", "sysctl", "iptables", "reboot", "shutdown", "poweroff", "halt"],
];

const refuse = `#!/bin/sh
echo "\${0##*/}: refused, a node of the emulator changes nothing on the machine it runs on" >&2
exit 1
`;

/** Answers for path units of the node alone; everything else about services is the machine's. */
function systemctl(layout: NodeLayout): string {
  return `#!/bin/sh
if [ "\${1:-}" = is-active ]; then
  for word do unit="\${word%.path}"; done
  [ -d ${quoted(layout.pathUnits)}/"$unit" ] && [ -n "$unit" ]
  exit
fi
${refuse.slice(refuse.indexOf("echo"))}`;
}

/** Keeps the words and the environment of each call, for the emulator to read: it runs path units itself. */
function systemdRun(layout: NodeLayout): string {
  return `#!/bin/sh
unit=
for word do case "$word" in --unit=*) unit="\${word#--unit=}" ;; esac; done
case "$unit" in
  *[!A-Za-z0-9:_.@-]* | "") echo "systemd-run: expected --unit=NAME" >&2; exit 1 ;;
esac
folder=${quoted(layout.pathUnits)}/"$unit"
if ! mkdir "$folder" 2>/dev/null; then
  echo "Failed to start transient path unit: Unit $unit.path was already loaded or has a fragment file." >&2
  exit 1
fi
env -0 >"$folder/environment" && printf '%s\\0' "$@" >"$folder/words" || exit 1
echo "Running path unit as: $unit.path" >&2
`;
}

function writeShims(layout: NodeLayout): void {
  for (const name of privileged) writeFileSync(join(layout.shims, name), refuse, { mode: 0o755 });
  writeFileSync(join(layout.shims, "systemctl"), systemctl(layout), { mode: 0o755 });
  writeFileSync(join(layout.shims, "systemd-run"), systemdRun(layout), { mode: 0o755 });
}

/** For /bin/sh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
