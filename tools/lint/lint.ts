import { join, relative } from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";
import { JudgedBy } from "./judgedBy";
import { readMemory, writeMemory } from "./memory";

export interface LintEnd {
  readonly good: boolean;
  /** Findings, as ESLint tells them; empty where there are none. */
  readonly text: string;
  /** Files that were looked at, and all that there are. */
  readonly looked: number;
  readonly all: number;
}

/**
 * Lints what has changed, or rests on what has changed, since it was last found good.
 * @param root folder of eslint.config.mjs
 * @param memoryFile where what was good is kept
 */
export async function lint(root: string, memoryFile: string): Promise<LintEnd> {
  const eslint = new ESLint({ cwd: root });
  const files = await filesOf(eslint, root);
  const judgedBy = new JudgedBy(root);
  const keys = new Map(files.map((file) => [file, judgedBy.key(file)]));
  const memory = readMemory(memoryFile);
  const changed = files.filter((file) => memory[relative(root, file)] !== keys.get(file));
  const results = changed.length > 0 ? await eslint.lintFiles(changed) : [];
  const found = results.filter(({ messages }) => messages.length === 0).map(({ filePath }) => filePath);
  const isGood = new Set([...files.filter((file) => !changed.includes(file)), ...found]);
  const good = [...keys]
    .filter(([file]) => isGood.has(file))
    .map(([file, key]) => [relative(root, file), key] as const);
  writeMemory(memoryFile, Object.fromEntries(good));
  const formatter = await eslint.loadFormatter("stylish");
  return {
    good: results.every(({ errorCount }) => errorCount === 0),
    text: await formatter.format(results),
    looked: changed.length,
    all: files.length,
  };
}

/** The same as `eslint .` takes. */
async function filesOf(eslint: ESLint, root: string): Promise<string[]> {
  const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];
  const files = ts.sys.readDirectory(root, extensions, ["node_modules", ".local", ".git"]);
  const ignored = await Promise.all(files.map((file) => eslint.isPathIgnored(file)));
  return files
    .filter((_, index) => !ignored[index])
    .map((file) => join(file))
    .sort();
}
