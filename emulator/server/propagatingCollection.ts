import { Collection } from "../store/store";

/** A change that has not reached everybody. Times are milliseconds of Azure's clock. */
export interface PendingChange<T> {
  /** What was there before it; null where nothing was. */
  readonly before: T | null;
  readonly changedAt: number;
  readonly effectiveAt: number;
}

interface Pending<T> {
  readonly key: string;
  /** Oldest first; none arrives before the one before it. */
  readonly changes: readonly PendingChange<T>[];
}

export interface Timing<T> {
  time(): number;
  /** How long a change of an entry takes that is or was `value`; 0 where it is known everywhere at once. */
  delayMilliseconds(value: T): number;
  /** Whether reads are of what has arrived, instead of what there is. */
  showsArrived(): boolean;
}

/** What has arrived at `time`: what there was before the first change that has not, else what there is. */
export function arrivedValue<T>(
  changes: readonly PendingChange<T>[],
  current: T | undefined,
  time: number,
): T | undefined {
  const outstanding = changes.find(({ effectiveAt }) => effectiveAt > time);
  return outstanding ? (outstanding.before ?? undefined) : current;
}

/** A collection that remembers, in a file beside its own, what there was until each change has arrived. */
export class PropagatingCollection<T> extends Collection<T> {
  readonly #pending: Collection<Pending<T>>;

  constructor(
    folder: string,
    name: string,
    private readonly timing: Timing<T>,
  ) {
    super(folder, name);
    this.#pending = new Collection(folder, `${name}.pending`);
  }

  override get(key: string): T | undefined {
    const current = super.get(key);
    const pending = this.timing.showsArrived() ? this.#pending.get(key) : undefined;
    return pending ? arrivedValue(pending.changes, current, this.timing.time()) : current;
  }

  override has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  override list(prefix = ""): T[] {
    const current = super.list(prefix);
    const pending = this.timing.showsArrived() ? this.#pending.list(prefix) : [];
    if (pending.length === 0) return current;
    const changed = new Map(pending.map(({ key }) => [super.get(key), this.get(key)]));
    const removed = pending.filter(({ key }) => !super.has(key)).map(({ key }) => this.get(key));
    const kept = current.map((value) => (changed.has(value) ? changed.get(value) : value));
    return [...kept, ...removed].filter((value) => value !== undefined);
  }

  override put(key: string, value: T): void {
    this.#note(key, value);
    super.put(key, value);
  }

  override delete(key: string): boolean {
    const value = super.get(key);
    if (value !== undefined) this.#note(key, value);
    return super.delete(key);
  }

  /** When all changes so far will have arrived; -Infinity where there are none. */
  get settlesAt(): number {
    return Math.max(...this.#pending.list().flatMap(({ changes }) => changes.map(({ effectiveAt }) => effectiveAt)));
  }

  /** Lets each change arrive no later than `milliseconds` after it was made. */
  hasten(milliseconds: number): void {
    for (const { key, changes } of this.#pending.list()) {
      const hastened = changes.map((change) => {
        return { ...change, effectiveAt: Math.min(change.effectiveAt, change.changedAt + milliseconds) };
      });
      this.#keep(key, hastened);
    }
  }

  #note(key: string, value: T): void {
    const delay = this.timing.delayMilliseconds(value);
    if (delay === 0) return;
    const now = this.timing.time();
    for (const { key: other, changes } of this.#pending.list()) {
      if (changes.every(({ effectiveAt }) => effectiveAt <= now)) this.#pending.delete(other);
    }
    const change = { before: super.get(key) ?? null, changedAt: now, effectiveAt: now + delay };
    this.#keep(key, [...(this.#pending.get(key)?.changes ?? []), change]);
  }

  /** What has arrived need not be remembered. */
  #keep(key: string, changes: readonly PendingChange<T>[]): void {
    const outstanding = changes.filter(({ effectiveAt }) => effectiveAt > this.timing.time());
    if (outstanding.length > 0) this.#pending.put(key, { key, changes: outstanding });
    else this.#pending.delete(key);
  }
}
