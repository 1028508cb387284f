import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commentOf, longestComment, marker, roomForPreface } from "../../../tools/review/comment";
import { diffLines } from "../../../tools/review/diff";
import { reviewOf } from "../../../tools/review/review";
import type { Preview } from "../../../tools/review/preview";
import { now, previewWith, recorded, state, step } from "./reviewPreviews";

const comment = (preview: Preview) => commentOf(preview, reviewOf("dev", preview, now));

describe("the comment", () => {
  test("begins with what a workflow finds it by, another one for each stack", () => {
    expect(comment(recorded("pool.jsonl")).split("\n")[0]).toBe("<!-- preview of stack dev -->");
    expect(marker("prod")).not.toBe(marker("dev"));
  });

  test.each([
    ["unchanged.jsonl", "no changes"],
    ["pool.jsonl", "1 to update, 1 to replace, 1 pool replaced"],
    ["policy.jsonl", "19 to create, policies violated, **the preview failed**"],
  ])("of %s says %j at its head", (file, headline) => {
    expect(comment(recorded(file)).split("\n")[1]).toBe(`| dev | ${headline} |`);
  });

  test.each(["fresh", "rights", "identity", "protected", "policy"])(
    "of %s has ten lines at most above the fold, none of them long",
    (name) => {
      const [, above = ""] = /^<!-- .* -->\n([^]*?)\n\n<details>/.exec(comment(recorded(`${name}.jsonl`))) ?? [];
      const lines = above.split("\n");
      expect(lines.length).toBeGreaterThan(7);
      expect(lines.length).toBeLessThanOrEqual(10);
      for (const line of lines) expect(line.length).toBeLessThan(700);
    },
  );

  test("what the table leaves out is in the fold", () => {
    const text = comment(recorded("rights.jsonl"));
    expect(text).toMatch(/\| Rights \| .*; and \d more below \|\n/);
    expect(text.split("**Rights**")[1]?.match(/^- \*\*/gm)).toHaveLength(10);
    expect(comment(recorded("policy.jsonl"))).toMatch(/- \*\*violated\*\* `vault-purge-protection` by `vault`: Nobody/);
  });

  test("has no fold where nothing changes", () => {
    const { policies, ...unchanged } = recorded("unchanged.jsonl");
    expect(policies?.violations).not.toEqual([]);
    expect(comment(unchanged)).not.toContain("<details>");
  });

  test("leaves room for a preface in what GitHub takes, and says what it left out", () => {
    const after = state({ text: "x".repeat(200) });
    const many = Array.from({ length: 500 }, (_, index) => step("create", "a:b:C", `name-${index}`, { after }));
    const text = comment(previewWith(...many));
    expect(text.length).toBeLessThanOrEqual(longestComment - roomForPreface);
    expect(text.length).toBeGreaterThan(longestComment - roomForPreface - 1000);
    const [, left = "0"] = /\n(\d+) more lines are left out: GitHub takes 65536 characters\.\n/.exec(text) ?? [];
    const shown = text.split("\n```diff\n")[1]?.split("\n```\n")[0]?.split("\n") ?? [];
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.length + Number(left)).toBe(diffLines(previewWith(...many)).length);
    expect(comment(previewWith(...many.slice(0, 9)))).not.toContain("left out");
  });

  test("text of others neither ends a cell, mentions anybody nor ends the block", () => {
    const message = "a | b @team <script> `code`\nnext";
    const text = comment({
      ...previewWith(step("create", "a:b:C", "c", { after: state({ text: "````" }) })),
      diagnostics: [{ severity: "error", message }],
    });
    expect(text).toContain("| Messages | error: a \\| b &#64;team &lt;script> \\`code\\` next |");
    expect(text).toContain('\n`````diff\n+ create a:b:C c\n+     text: "````"\n`````\n');
  });
});

describe("the full diff", () => {
  test("has what changes inside each resource, and nothing of the others", () => {
    const lines = diffLines(recorded("pool.jsonl"));
    expect(lines).toContain("! replace azure-native:batch:Pool linux");
    expect(lines).toContain('!     vmSize: "Standard_D2s_v5" → "Standard_D4s_v5" (replaces)');
    expect(lines).toContain("+     scaleSettings.fixedScale.targetLowPriorityNodes: 2");
    expect(lines).toContain('-     scaleSettings.autoScale.evaluationInterval: "PT5M"');
    expect(lines.join("\n")).not.toMatch(/keyvault|application|BatchPool/);
    expect(diffLines(recorded("unchanged.jsonl"))).toEqual([]);
  });

  test("is in an order of its own, and without ends of names that are made up in every preview", () => {
    const { steps, ...rest } = recorded("fresh.jsonl");
    const lines = diffLines({ ...rest, steps });
    expect(diffLines({ ...rest, steps: [...steps].reverse() })).toEqual(lines);
    expect(lines).toContain('+     resourceGroupName: "batch-keyvault[random]"');
  });

  test("a secret is [secret]", () => {
    expect(diffLines(recorded("rotation.jsonl"))).toContain("!     properties.value: [secret] → [unknown]");
  });

  test("a long text is told by its start and a digest", () => {
    const lines = (text: string) =>
      diffLines(previewWith(step("create", "a:b:C", "c", { after: state({ text }) })))[1] ?? "";
    const [one, other] = [`${"x".repeat(400)}1`, `${"x".repeat(400)}2`].map(lines);
    expect(one).toMatch(/^\+ {5}text: "x{149}… \(403 characters, sha256 [0-9a-f]{12}\)$/);
    expect(other).not.toBe(one);
    expect(lines("x".repeat(298))).not.toContain("sha256");
  });
});

test("the documentation shows a comment as it is", () => {
  const file = join(__dirname, "../../../docs/pull-requests.md");
  const [, shown = ""] = /^## The comment\n\n([^]*?)\n\n/m.exec(readFileSync(file, "utf8")) ?? [];
  // Tables of the documentation have columns of one width.
  const rows = shown.split("\n").map((line) => line.replaceAll(/ +\|/g, " |").replaceAll(/---+/g, "---"));
  const [, ...lines] = comment({ ...recorded("pool.jsonl"), diagnostics: [] }).split("\n");
  expect(rows).toEqual(lines.slice(0, lines.indexOf("")));
});
