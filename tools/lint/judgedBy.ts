import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** What every file is judged by: rules, their options, and the packages whose types they look at. */
const commonFiles = ["eslint.config.mjs", "package.json", "package-lock.json", "tsconfig.json"];

/**
 * Tells what the findings of each file rest on. Rules go by types, so that a file is judged by itself and by every file
 * that it imports, directly or through others.
 */
export class JudgedBy {
  readonly #contents = new Map<string, { readonly digest: string; readonly imports: readonly string[] }>();
  readonly #options: ts.CompilerOptions;
  readonly #common: string;

  /** @param root folder of tsconfig.json, package-lock.json and eslint.config.mjs */
  constructor(private readonly root: string) {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
      readonly config: { readonly compilerOptions: object };
    };
    this.#options = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;
    const texts = commonFiles.map((file) => readFileSync(join(root, file), "utf8"));
    this.#common = digestOf(process.version, ...texts);
  }

  /** @returns a digest that changes when anything does that the file's findings rest on */
  key(file: string): string {
    const files = [...this.#closure(file)].sort();
    return digestOf(this.#common, ...files.flatMap((each) => [relative(this.root, each), this.#content(each).digest]));
  }

  #closure(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const each of this.#content(file).imports) this.#closure(each, seen);
    return seen;
  }

  #content(file: string) {
    const known = this.#contents.get(file);
    if (known) return known;
    const text = readFileSync(file, "utf8");
    const content = { digest: digestOf(text), imports: file.endsWith(".json") ? [] : this.#imports(file, text) };
    this.#contents.set(file, content);
    return content;
  }

  /** Those of packages are told by package-lock.json. */
  #imports(file: string, text: string): string[] {
    const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    return names
      .filter((name) => name.startsWith("."))
      .flatMap((name) => {
        const options = { ...this.#options, allowJs: true };
        const { resolvedModule } = ts.resolveModuleName(
          name,
          file,
          options,
          ts.sys,
          undefined,
          undefined,
          ts.ModuleKind.CommonJS,
        );
        return resolvedModule ? [resolvedModule.resolvedFileName] : [];
      });
  }
}

function digestOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest("base64");
}
