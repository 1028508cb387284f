import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** What is kept under a key: a value, and the client whose request made it. */
export interface Entry<T> {
  readonly createdBy?: string | undefined;
  readonly value: T;
}

type Line<T> = Entry<T> & { readonly key: string };

/**
 * Entries on disk, as a file of what was done to them, a line of JSON each: a change adds a line, however many entries
 * there are. A line that was not written to its end was not answered either, and counts for nothing. When most lines are
 * of the past, the file is replaced by one without them, as a whole.
 */
export class Journal<T> {
  #lines = 0;

  /** @param file `….jsonl`, readable by its owner only */
  constructor(private readonly file: string) {}

  /** @throws {Error} naming the file, where a line in it is no JSON */
  read(): Map<string, Entry<T>> {
    const entries = new Map<string, Entry<T>>();
    if (this.#adoptSingleFile(entries) || !existsSync(this.file)) return entries;
    const lines = readFileSync(this.file, "utf8").split("\n");
    const unfinished = lines.pop();
    for (const text of lines) {
      const { key, ...entry } = parsed(text, this.file) as Line<T>;
      if ("value" in entry) entries.set(key, entry);
      else entries.delete(key);
    }
    this.#lines = lines.length;
    if (unfinished !== "") this.#rewrite(entries);
    return entries;
  }

  /** Notes the entry that `key` has in `entries` now, or that it has none. */
  note(key: string, entries: ReadonlyMap<string, Entry<T>>): void {
    if (this.#lines > 2 * entries.size + 100) {
      this.#rewrite(entries);
      return;
    }
    appendFileSync(this.file, lineOf(key, entries.get(key)), { mode: 0o600 });
    this.#lines++;
  }

  #rewrite(entries: ReadonlyMap<string, Entry<T>>): void {
    const draft = `${this.file}.new`;
    writeFileSync(draft, [...entries].map(([key, entry]) => lineOf(key, entry)).join(""), { mode: 0o600 });
    renameSync(draft, this.file);
    this.#lines = entries.size;
  }

  /** Earlier emulators kept all entries in one JSON object, in a file that goes when they are taken over. */
  #adoptSingleFile(entries: Map<string, Entry<T>>): boolean {
    const file = this.file.replace(/l$/, "");
    if (!existsSync(file)) return false;
    const known = parsed(readFileSync(file, "utf8"), file) as Record<string, Entry<T>>;
    for (const [key, entry] of Object.entries(known)) entries.set(key, entry);
    this.#rewrite(entries);
    rmSync(file);
    return true;
  }
}

function lineOf<T>(key: string, entry: Entry<T> | undefined): string {
  return `${JSON.stringify({ key, ...entry })}\n`;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`cannot read the emulator's state ${file}: ${(error as Error).message}`, { cause: error });
  }
}
