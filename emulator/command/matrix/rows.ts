import { destroy, preview, up } from "../stackCommands";
import { type Combination, configurationOf, dayOf, operatingSystems } from "./combinations";
import type { CommandJson, Runner, Said } from "./runner";
import { VaultKeeper } from "./vaultKeeper";

/** One combination on one operating system. */
export interface Row extends Combination {
  readonly os: (typeof operatingSystems)[number];
  /** Resources that a preview would create, that an update created, and that the next left as they are. */
  readonly preview: number;
  readonly up: number;
  readonly unchanged: number;
  /** null where nothing here runs the node's programs. */
  readonly read: boolean | null;
  readonly destroyed: number;
  /** Of the stack, which its rows share. */
  readonly seconds: number;
  /** What is wrong; empty where all is well. */
  readonly problems: readonly string[];
}

/** Takes a stack of the combination through its life. */
export async function rowsOf(runner: Runner, combination: Combination, stack: string): Promise<Row[]> {
  const start = Date.now();
  const asOf = dayOf(combination);
  const keeper = new VaultKeeper((await runner.azure(asOf)).connection);
  const existingId = combination.vault === "created" ? undefined : await keeper.makeVault(combination);
  const before = existingId && (await keeper.look(existingId));
  const config = configurationOf(combination, existingId);
  const problems: string[] = [];
  const step = async (name: string, command: Parameters<Runner["run"]>[0]): Promise<CommandJson> => {
    const said = await runner.run(command, { stack, config, asOf });
    if (!said.json) problems.push(`${name}: ${lastLine(said)}`);
    return said.json ?? { changes: {}, nodes: [] };
  };

  const previewed = await step("preview", preview);
  const created = await step("up", up);
  const again = await step("unchanged up", up);
  const destroyed = await step("destroy", destroy);
  problems.push(
    ...unexpected("preview", previewed, ["create"]),
    ...unexpected("up", created, ["create"]),
    ...unexpected("unchanged up", again, ["same"]),
    ...unexpected("destroy", destroyed, ["delete"]),
  );
  const counts = [
    previewed.changes["create"],
    created.changes["create"],
    again.changes["same"],
    destroyed.changes["delete"],
  ];
  if (problems.length === 0 && new Set(counts).size !== 1) {
    problems.push(
      `found ${counts.join(", ")} resources previewed, made, left as they are and deleted, expected as many`,
    );
  }
  if (existingId && (await keeper.look(existingId)) !== before) {
    problems.push("the existing vault is not as it was before the stack");
  }
  return operatingSystems.map((os) => ({
    ...combination,
    os,
    preview: previewed.changes["create"] ?? 0,
    up: created.changes["create"] ?? 0,
    unchanged: again.changes["same"] ?? 0,
    read: again.nodes.find((node) => node.os === os)?.read ?? null,
    destroyed: destroyed.changes["delete"] ?? 0,
    seconds: (Date.now() - start) / 1000,
    problems: [...problems, ...unread(again, os)],
  }));
}

function unexpected(step: string, { changes }: CommandJson, kinds: readonly string[]): string[] {
  const found = Object.keys(changes);
  return found.length === 0 || found.join() === kinds.join()
    ? []
    : [`${step}: found ${JSON.stringify(changes)}, expected ${kinds.join(", ")} only`];
}

/** Linux nodes run here, so they must have read. */
function unread({ nodes }: CommandJson, os: string): string[] {
  const node = nodes.find((each) => each.os === os);
  if (!node) return [`found no ${os} node, expected one`];
  return node.read === false || (os === "linux" && node.read !== true)
    ? [`not read: ${node.reason ?? "no reason"}`]
    : [];
}

function lastLine({ text }: Said): string {
  return text.trim().split("\n").at(-1) ?? "";
}
