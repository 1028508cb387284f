import type { Change, Sameness } from "./difference";
import type { Properties } from "./values";

/** A resource as the engine's state knows it. */
export interface State {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface CheckRequest {
  /** Name of the resource in the program. */
  readonly name: string;
  readonly inputs: Properties;
  /** `{}` where there is no resource yet. */
  readonly oldInputs: Properties;
  /** The engine's seed for names: the same in a preview and in the update that follows it. */
  readonly randomSeed: Uint8Array;
}

export interface CheckFailure {
  readonly property?: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Properties;
  readonly failures?: readonly CheckFailure[];
}

/** One type of resource. Values in `create`, `read`, `update` and `delete` are all known. */
export interface ResourceKind {
  /** Outputs that are secret by nature. Those at the place of a secret input need not be named: the engine marks them. */
  readonly secretOutputs?: readonly string[];
  /** Fills defaults in and names what is wrong; inputs may hold unknown values. */
  check?(request: CheckRequest): Checked | Promise<Checked>;
  /** What new inputs are compared with, where it is not the old inputs. */
  comparable?(state: State): Properties;
  readonly same?: Sameness;
  /** Whether a change of inputs needs another resource in place of this one. */
  replaces(change: Change): boolean;
  /** Outputs whose age alone asks for a replacement. */
  outdated?(state: State): readonly string[];
  /** Whether a replacement must wait until the old resource is gone. @default never */
  deleteBeforeReplace?(oldInputs: Properties): boolean;
  /** What a preview can tell of the outputs; `state` is absent before the resource exists. */
  preview(inputs: Properties, state?: State): Properties;
  /** @throws {PartialCreation} where the resource exists but is not in order */
  create(inputs: Properties): Created | Promise<Created>;
  /** @returns undefined where it is gone; `inputs` are absent when a resource is imported. */
  read(id: string, state: Partial<State>): State | undefined | Promise<State | undefined>;
  update?(id: string, inputs: Properties, state: State): Properties | Promise<Properties>;
  delete?(id: string, state: State): void | Promise<void>;
}

export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

export type ProviderFunction = (args: Properties) => Properties | Promise<Properties>;

/** What a provider can do. */
export interface ProviderInstance {
  /** By type token, `tls:index/privateKey:PrivateKey`. */
  readonly resources: Readonly<Record<string, ResourceKind>>;
  readonly functions?: Readonly<Record<string, ProviderFunction>>;
}

/** A package of resources, under the name and version that the engine looks for. */
export type Provider = {
  readonly name: string;
  readonly version: string;
} & (
  | ProviderInstance
  | {
      /** What it can do as the stack or the program configures it: a program may have several at the same time. */
      configure(args: Properties): ProviderInstance;
    }
);

/** A resource that was made and then failed: the engine keeps it, with the reason, and the next update mends it. */
export class PartialCreation extends Error {
  constructor(
    readonly id: string,
    readonly state: State,
    reason: string,
  ) {
    super(reason);
  }
}

/** Version of an SDK package beside this program: a provider of a lower one is reported by the engine. */
export function sdkVersion(packageName: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name is only known here
  return (require(`@pulumi/${packageName}/package.json`) as { version: string }).version;
}
