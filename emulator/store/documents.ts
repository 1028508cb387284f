import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One document with its key, and the client whose request made it. */
export interface Document<T> {
  readonly key: string;
  readonly createdBy?: string | undefined;
  readonly value: T;
}

/**
 * Documents on disk: a folder with a numbered file each, in the order in which they were first put. A change writes one
 * file, whole or not at all, however many there are.
 */
export class Documents<T> {
  #lastNumber = 0;
  #exists: boolean;

  constructor(private readonly folder: string) {
    this.#adoptSingleFile();
    this.#exists = existsSync(folder);
  }

  /** @throws {Error} naming the file that is no JSON */
  read(): (Document<T> & { readonly number: number })[] {
    if (!this.#exists) return [];
    const numbers = readdirSync(this.folder).flatMap((name) => /^(\d+)\.json$/.exec(name)?.slice(1).map(Number) ?? []);
    numbers.sort((one, other) => one - other);
    this.#lastNumber = numbers.at(-1) ?? 0;
    return numbers.map((number) => ({ number, ...(readJson(this.#file(number)) as Document<T>) }));
  }

  /** @param number of the document that is replaced. @returns the document's number */
  write(document: Document<T>, number = ++this.#lastNumber): number {
    if (!this.#exists) mkdirSync(this.folder, { mode: 0o700 });
    this.#exists = true;
    const draft = `${this.#file(number)}.new`;
    writeFileSync(draft, JSON.stringify(document), { mode: 0o600 });
    renameSync(draft, this.#file(number));
    return number;
  }

  remove(number: number): void {
    rmSync(this.#file(number));
  }

  #file(number: number): string {
    return join(this.folder, `${number}.json`);
  }

  /** Earlier emulators kept a collection in one file; it goes when everything is in the folder. */
  #adoptSingleFile(): void {
    const file = `${this.folder}.json`;
    if (!existsSync(file)) return;
    const entries = Object.entries(readJson(file) as Record<string, Omit<Document<T>, "key">>);
    rmSync(this.folder, { recursive: true, force: true });
    this.#exists = false;
    for (const [key, entry] of entries) this.write({ key, ...entry });
    rmSync(file);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`cannot read the emulator's state ${file}: ${(error as Error).message}`, { cause: error });
  }
}
