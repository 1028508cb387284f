import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Preview, ResourceState, Step } from "../../../tools/review/preview";
import { readPreview } from "../../../tools/review/readPreview";
import { reviewOf } from "../../../tools/review/review";
import { rowsOf } from "../../../tools/review/rows";

/**
 * Previews of one stack, told by `npm run local -- preview --preview-json` (`.jsonl`) and `pulumi preview --json`
 * (`.json`). Messages for debugging, components but KeyVaultAccess, and most outputs are left out, and long texts are cut.
 */
export function recordedText(file: string): string {
  return readFileSync(join(__dirname, "previews", file), "utf8");
}

export function recorded(file: string): Preview {
  return readPreview(recordedText(file));
}

/** The day after the stack of the recorded previews was deployed. */
export const now = new Date("2026-11-25T18:00:00Z");

/** What a row of the table says, an item each; nothing where there is no such row. */
export function itemsOf(preview: Preview, title: string, on: Date = now): readonly string[] | undefined {
  return rowsOf(reviewOf("dev", preview, on)).find((row) => row.title === title)?.items;
}

/** A preview of these steps only. */
export function previewWith(...steps: readonly Step[]): Preview {
  return { steps, diagnostics: [], outputs: {}, isComplete: true };
}

export function step(operation: string, type: string, name: string, more: Partial<Step> = {}): Step {
  const has = { before: operation !== "create", after: operation !== "delete" };
  return {
    ...{ operation, type, name, urn: `urn:pulumi:dev::p::${type}::${name}`, changes: [] },
    ...(has.before ? { before: state() } : {}),
    ...(has.after ? { after: state() } : {}),
    ...more,
  };
}

export function state(inputs: ResourceState["inputs"] = {}, more: Partial<ResourceState> = {}): ResourceState {
  return { inputs, outputs: {}, isProtected: false, isCustom: true, ...more };
}
