import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { commentOf } from "../../tools/review/comment";
import { reviewOf } from "../../tools/review/review";
import { readPreview } from "../../tools/review/readPreview";
import { Folders } from "../engine/folders";
import type { Tenant } from "../world";
import { openAzure } from "./azure";
import type { Context } from "./context";
import { preview } from "./stackCommands";
import { Terminal } from "./terminal";

/** Stacks whose first deployment has been reviewed, and is kept. */
export const goldenStacks = ["dev", "prod"] as const;
export type GoldenStack = (typeof goldenStacks)[number];

/** Whose Azure they are deployed to: what retires after it changes no text. */
const day = new Date("2026-11-01");

/** Where what was reviewed is kept. */
export function goldenFile(repository: string, stack: GoldenStack): string {
  return join(repository, `tests/golden/${stack}.txt`);
}

/** Writes what a first deployment of each golden stack would make, for somebody to review. */
export async function golden(context: Context): Promise<number> {
  const { folders, terminal } = context;
  for (const [stack, text] of Object.entries(await goldenTexts(context))) {
    const file = goldenFile(folders.repository, stack as GoldenStack);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
    terminal.line(`wrote ${file}: have its changes reviewed`);
  }
  return 0;
}

/** The review of a first deployment of each golden stack, on an emulated Azure of its own: the same on every machine and day. */
export async function goldenTexts(context: Context): Promise<Readonly<Record<GoldenStack, string>>> {
  const state = mkdtempSync(join(tmpdir(), "batch-keyvault-golden-"));
  const azure = await openAzure(join(state, "emulator"), day);
  try {
    const texts: Partial<Record<GoldenStack, string>> = {};
    for (const stack of goldenStacks) {
      const events = withoutIds(await previewEvents(context, state, stack), azure.connection.tenant);
      // Messages tell what comes in the months after today.
      const found = { ...readPreview(events), diagnostics: [] };
      texts[stack] = commentOf(found, reviewOf(stack, found, day));
    }
    return texts as Record<GoldenStack, string>;
  } finally {
    await azure.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

async function previewEvents(context: Context, state: string, stack: GoldenStack): Promise<string> {
  const previewJson = join(state, `${stack}.jsonl`);
  const silence = new PassThrough().resume();
  await preview({
    ...context,
    // Installed plugins of other versions may name more defaults.
    arguments: { ...context.arguments, ...{ command: "preview", stack, previewJson, providers: "bundled" } },
    folders: new Folders(context.folders.repository, state),
    terminal: new Terminal(silence, silence, false),
  });
  return readFileSync(previewJson, "utf8");
}

/** The emulated tenant's ids are made up anew with every state folder. */
function withoutIds(text: string, { tenantId, subscriptionId, deployer }: Tenant): string {
  return text
    .replaceAll(tenantId, "[tenant]")
    .replaceAll(subscriptionId, "[subscription]")
    .replaceAll(deployer.objectId, "[deployer]")
    .replaceAll(deployer.clientId, "[deployer's client]");
}

/**
 * What differs from what was reviewed.
 * @returns undefined where nothing does
 */
export function goldenDifference(stack: GoldenStack, reviewed: string, found: string): string | undefined {
  if (reviewed === found) return undefined;
  const [old, now] = [reviewed, found].map((text) => text.split("\n"));
  const lines = [
    ...missingFrom(now, old).map((line) => `- ${line}`),
    ...missingFrom(old, now).map((line) => `+ ${line}`),
  ];
  return [
    `a first deployment of ${stack} is not as it was reviewed in tests/golden/${stack}.txt:`,
    ...(lines.length === 0 ? ["  the same lines in another order"] : lines.map((line) => `  ${line}`)),
    "If that is meant, run  npm run golden  and have the change reviewed.",
  ].join("\n");
}

/** Lines of `lines` that `others` has not, or not as often. */
function missingFrom(others: readonly string[] = [], lines: readonly string[] = []): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
