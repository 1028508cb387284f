import { type Collection, Store } from "../store/store";
import { PropagatingCollection } from "./propagatingCollection";

type Value = Readonly<Record<string, unknown>>;

/** Collections, and which of their entries services learn of late. */
const late: Readonly<Record<string, (value: Value) => boolean>> = {
  // Graph shows a new credential before it works (microsoftgraph/microsoft-graph-docs#17966), and the login service does
  // not know a new application at first (hashicorp/vault-plugin-secrets-azure#26).
  applications: () => true,
  "application-certificates": () => true,
  "application-passwords": () => true,
  "service-principals": ({ servicePrincipalType }) => servicePrincipalType !== "ManagedIdentity",
  // hashicorp/terraform-provider-azurerm#4569
  "vault-access-policies": () => true,
  // learn.microsoft.com/azure/role-based-access-control/troubleshooting
  "arm-resources": ({ type }) => type === "Microsoft.Authorization/roleAssignments",
};

/**
 * A store whose credentials and rights reach the services that decide by them some time after they were changed, granted
 * or taken away. Who reads it sees what there is; `asPropagated` shows what has arrived. That is told by stored times, so
 * nothing waits in memory, and a restart changes nothing.
 */
export class PropagatingStore extends Store {
  readonly #late: ReadonlyMap<string, PropagatingCollection<Value>>;
  #delaySeconds = 0;
  #showsArrived = false;

  constructor(
    folder: string,
    private readonly clock: () => Date,
  ) {
    super(folder);
    const open = (name: string, isLate: (value: Value) => boolean) =>
      new PropagatingCollection<Value>(folder, name, {
        time: () => this.clock().getTime(),
        delayMilliseconds: (value) => (isLate(value) ? this.#delaySeconds * 1000 : 0),
        showsArrived: () => this.#showsArrived,
      });
    this.#late = new Map(Object.entries(late).map(([name, isLate]) => [name, open(name, isLate)]));
  }

  override collection<T>(name: string): Collection<T> {
    return (this.#late.get(name) as Collection<T> | undefined) ?? super.collection<T>(name);
  }

  get delaySeconds(): number {
    return this.#delaySeconds;
  }

  /** Delays what is changed from now on; what is under way arrives no later than so long after its change. */
  setDelay(seconds: number): void {
    if (!(seconds >= 0 && seconds < Infinity)) {
      throw new RangeError(`the propagation delay is ${seconds} seconds, expected 0 or more`);
    }
    this.#delaySeconds = seconds;
    for (const collection of this.#late.values()) collection.hasten(seconds * 1000);
  }

  /** When all changes so far will have arrived; undefined where they have. */
  get settlesAt(): Date | undefined {
    const last = Math.max(...[...this.#late.values()].map(({ settlesAt }) => settlesAt));
    return last > this.clock().getTime() ? new Date(last) : undefined;
  }

  /** Runs `look`, which must not wait for anything, on what has arrived. */
  asPropagated<T>(look: () => T): T {
    const before = this.#showsArrived;
    this.#showsArrived = true;
    try {
      return look();
    } finally {
      this.#showsArrived = before;
    }
  }
}
