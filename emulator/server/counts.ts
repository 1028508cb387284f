/** How often one caller read one secret with one result. */
export interface ReadCount {
  /** Absent where the request's token was not good. */
  readonly appId?: string;
  readonly vault: string;
  readonly secret: string;
  readonly status: number;
  /** `ok`, or the vault's closest code: `ForbiddenByPolicy`. */
  readonly code: string;
}

/** How often one application signed in, or tried to, with one credential. */
export interface SignInCount {
  readonly appId?: string;
  /** `ok`, or `AADSTS…`. */
  readonly code: string;
  /** Graph's id of the key credential that the assertion names, as far as the application has it. */
  readonly keyId?: string;
  /** Of the certificate that the assertion names, upper-case hexadecimal: SHA-1, or as it was named where it is unknown. */
  readonly thumbprint?: string;
}

/** What was counted, and when it happened first and last, by Azure's clock. */
export type Counted<T> = T & { readonly count: number; readonly first: string; readonly last: string };

export interface Totals {
  /** When counting began: the emulator's start, or the last reset. */
  readonly since: string;
  readonly reads: readonly Counted<ReadCount>[];
  readonly signIns: readonly Counted<SignInCount>[];
}

/** Counts what clients do, in memory only. */
export class Counts {
  #since: string;
  readonly #reads: Tally<ReadCount>;
  readonly #signIns: Tally<SignInCount>;

  constructor(private readonly clock: () => Date) {
    this.#since = clock().toISOString();
    this.#reads = new Tally(clock, ({ appId, vault, secret, status, code }) => [appId, vault, secret, status, code]);
    this.#signIns = new Tally(clock, ({ appId, code, keyId, thumbprint }) => [appId, code, keyId, thumbprint]);
  }

  read(read: ReadCount): void {
    this.#reads.add(read);
  }

  signIn(signIn: SignInCount): void {
    this.#signIns.add(signIn);
  }

  totals(): Totals {
    return { since: this.#since, reads: this.#reads.list(), signIns: this.#signIns.list() };
  }

  reset(): void {
    this.#since = this.clock().toISOString();
    this.#reads.clear();
    this.#signIns.clear();
  }
}

class Tally<T extends object> {
  readonly #counted = new Map<string, { event: T; count: number; first: number; last: number }>();

  constructor(
    private readonly clock: () => Date,
    private readonly identify: (event: T) => readonly unknown[],
  ) {}

  add(event: T): void {
    const key = this.identify(event).join("\n");
    const now = this.clock().getTime();
    const known = this.#counted.get(key);
    if (known) {
      known.count++;
      known.last = now;
    } else {
      this.#counted.set(key, { event, count: 1, first: now, last: now });
    }
  }

  /** In the order in which they happened first. */
  list(): Counted<T>[] {
    return [...this.#counted.values()].map(({ event, count, first, last }) => {
      return { ...event, count, first: new Date(first).toISOString(), last: new Date(last).toISOString() };
    });
  }

  clear(): void {
    this.#counted.clear();
  }
}
