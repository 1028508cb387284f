import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { currentClient } from "./client";
import { type Entry, Journal } from "./journal";

/** Told of a removed entry's key, in lower case, and of what it held. */
type Listener<T> = (key: string, value: T) => void;

/**
 * A named set of documents, kept in a file in which nothing is ever half-written, so that a killed emulator finds exactly
 * what it had answered. Keys are compared without case, as Azure compares resource ids.
 * Values are immutable: change one by putting a new one.
 */
export class Collection<T> {
  readonly #journal: Journal<T>;
  readonly #entries: Map<string, Entry<T>>;
  readonly #removed: Listener<T>[] = [];

  constructor(folder: string, name: string) {
    this.#journal = new Journal(join(folder, `${name}.jsonl`));
    this.#entries = this.#journal.read();
  }

  get(key: string): T | undefined {
    return this.#entries.get(key.toLowerCase())?.value;
  }

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase());
  }

  /** All values whose key starts with `prefix`, in the order they were first put. */
  list(prefix = ""): T[] {
    const start = prefix.toLowerCase();
    const found: T[] = [];
    for (const [key, { value }] of this.#entries) if (key.startsWith(start)) found.push(value);
    return found;
  }

  put(key: string, value: T): void {
    const lowered = key.toLowerCase();
    const known = this.#entries.get(lowered);
    this.#entries.set(lowered, { createdBy: known ? known.createdBy : currentClient(), value });
    this.#journal.note(lowered, this.#entries);
  }

  delete(key: string): boolean {
    const lowered = key.toLowerCase();
    const known = this.#entries.get(lowered);
    if (!known) return false;
    this.#entries.delete(lowered);
    this.#journal.note(lowered, this.#entries);
    for (const listener of this.#removed) listener(lowered, known.value);
    return true;
  }

  onRemoved(listener: Listener<T>): void {
    this.#removed.push(listener);
  }

  /** Keys of the entries that `client` made. */
  createdBy(client: string): string[] {
    return [...this.#entries].filter(([, entry]) => entry.createdBy === client).map(([key]) => key);
  }
}

/** What the emulated Azure holds: collections of documents in a folder that only its owner may read. */
export class Store {
  readonly #collections = new Map<string, Collection<unknown>>();

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  collection<T>(name: string): Collection<T> {
    let found = this.#collections.get(name);
    if (!found) {
      found = new Collection<unknown>(this.folder, name);
      this.#collections.set(name, found);
    }
    return found as Collection<T>;
  }

  /**
   * Takes back what an interrupted client made and never recorded: every entry of `collections` that `client` created and
   * whose key is not in `keep`. Keys are the ids under which a Pulumi state knows the same things.
   * @returns the keys taken back
   */
  rollBack(client: string, keep: Iterable<string>, collections: readonly string[]): string[] {
    const kept = new Set([...keep].map((id) => id.toLowerCase()));
    const taken: string[] = [];
    for (const collection of collections.map((name) => this.collection(name))) {
      for (const key of collection.createdBy(client)) {
        if (!kept.has(key) && collection.delete(key)) taken.push(key);
      }
    }
    return taken;
  }

  /** Forgets everything, on disk too. */
  static remove(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }
}
