import { execFileSync } from "node:child_process";

export interface ProcessEntry {
  readonly processId: number;
  readonly parentId: number;
  readonly commandLine: string;
}

/** All processes of this machine. */
export function listProcesses(): ProcessEntry[] {
  const text = execFileSync("ps", ["-eww", "-o", "pid=,ppid=,args="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return text
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, processId, parentId, commandLine = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return processId ? [{ processId: Number(processId), parentId: Number(parentId), commandLine }] : [];
    });
}

/** Everything that a process started, and what that started. */
export function descendantsOf(processId: number, all = listProcesses()): ProcessEntry[] {
  const children = all.filter(({ parentId }) => parentId === processId);
  return [...children, ...children.flatMap((child) => descendantsOf(child.processId, all))];
}

/** Notes every command line there is while `work` lasts. */
export async function commandLinesDuring<T>(work: () => Promise<T>): Promise<{ result: T; commandLines: string }> {
  const seen = new Set<string>();
  const note = () => {
    for (const { commandLine } of listProcesses()) seen.add(commandLine);
  };
  const timer = setInterval(note, 100);
  try {
    const result = await work();
    note();
    return { result, commandLines: [...seen].join("\n") };
  } finally {
    clearInterval(timer);
  }
}
