import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import { namespace, rawConfigOf, type Settings } from "../../../settings";
import { Folders } from "../../engine/folders";
import { readConfiguration } from "../../engine/stackFiles";
import type { Context } from "../context";

const key = `${namespace}:certificate`;

/**
 * The context in which a stack goes on from the generation that `rotate` has raised it to: nobody's Pulumi.<stack>.yaml is
 * written to, and going back is nothing that a stack can do. A file that has caught up counts as it is.
 * @param settings what the stack's own file says
 */
export function withRaisedGeneration(context: Context, { certificate }: Settings): Context {
  const raised = raisedGeneration(context);
  if (raised === undefined || raised <= certificate.generation) return context;
  const { folders, terminal, arguments: given } = context;
  const file = basename(folders.stackFile(given.stack));
  terminal.line(
    terminal.faint(`certificate.generation is ${raised}, as rotate raised it; ${file} has ${certificate.generation}`),
  );
  return withGeneration(context, raised);
}

/** The context in which the stack has another generation, and all else as its file says. */
export function withGeneration(context: Context, generation: number): Context {
  const { folders, arguments: given } = context;
  const source = folders.stackFile(given.stack);
  const { project, stack } = readConfiguration(folders, given.stack);
  const certificate = JSON.parse(rawConfigOf(project, stack)[key] ?? "{}") as object;
  const folder = raisedFolder(context);
  const file = join(folder, basename(source));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = { ...stack, [key]: { ...certificate, generation } };
  writeFileSync(file, stringify({ ...(parse(readFileSync(source, "utf8")) as object), config }), { mode: 0o600 });
  return { ...context, folders: new Folders(folders.repository, folders.state, file) };
}

/** To be called before the stack is deployed with it: an update that is cut off may have come far enough. */
export function rememberRaisedGeneration(context: Context, generation: number): void {
  mkdirSync(raisedFolder(context), { recursive: true, mode: 0o700 });
  writeFileSync(memory(context), JSON.stringify({ generation }));
}

export function forgetRaisedGeneration(context: Context): void {
  rmSync(raisedFolder(context), { recursive: true, force: true });
}

function raisedGeneration(context: Context): number | undefined {
  const file = memory(context);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { generation: number }).generation : undefined;
}

function memory(context: Context): string {
  return join(raisedFolder(context), "generation.json");
}

function raisedFolder({ folders, arguments: { stack } }: Context): string {
  return join(folders.stack(stack), "raised");
}
