import type { Caller } from "../entra/tokens";
import type { Answer, Exchange } from "../server/exchange";
import type { World } from "../world";
import type { ResourceId } from "./resourceId";

/** A resource as the emulator keeps it, under its id in the store's collection `arm-resources`. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  /** `Microsoft.Batch/batchAccounts/pools` */
  readonly type: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** One ARM request whose path, api-version, token, role, parents and body shape have been found good. */
export interface ArmRequest {
  readonly world: World;
  readonly exchange: Exchange;
  readonly id: ResourceId;
  readonly apiVersion: string;
  readonly caller: Caller;
  /** `{}` where the request has none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One type of resource: what its own service adds to what Resource Manager does for all of them. */
export interface ResourceType {
  readonly type: string;
  /** api-versions the service answers, each with the published type data (a file of arm/types) that bodies are held against. */
  readonly apiVersions: Readonly<Record<string, string | undefined>>;
  readonly name: { readonly pattern: RegExp; readonly expected: string };
  /** Whether a PUT must say where; such a location never changes afterwards. */
  readonly needsLocation: boolean;
  /** What is stored after a PUT; `existing` is what was there. @throws {Refusal} what the service refuses */
  put(request: ArmRequest, existing: Resource | undefined): Resource | Promise<Resource>;
  /** The same for PATCH, where the service has it. */
  patch?(request: ArmRequest, existing: Resource): Resource | Promise<Resource>;
  /** Called after it has been stored. */
  stored?(request: ArmRequest, resource: Resource): void | Promise<void>;
  /** Refuses or accompanies a deletion; the resource and everything below it go when it returns. */
  removing?(request: ArmRequest, resource: Resource): void | Promise<void>;
  /** What a client is shown; the stored form where absent. */
  show?(world: World, resource: Resource): unknown;
  /** Operations on one resource, by the word after its id: `POST …/listKeys`. */
  readonly actions?: Readonly<Record<string, (request: ArmRequest, resource: Resource) => Answer | Promise<Answer>>>;
}
