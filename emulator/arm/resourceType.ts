import type { Caller } from "../entra/tokens";
import type { Answer, Exchange, Params } from "../server/exchange";
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
  readonly name: {
    readonly pattern: RegExp;
    readonly expected: string;
    /** @default "InvalidResourceName" */ readonly code?: string;
  };
  /** Whether a PUT must say where; such a location never changes afterwards. */
  readonly needsLocation: boolean;
  /** Status that tells a client of something new; a service that knows only 200 says so here. @default 201 */
  readonly createdStatus?: 200 | 201;
  /** Status of a deletion; 202 makes clients poll, and find it done at once. @default 200 */
  readonly removedStatus?: 200 | 202;
  /** Code for a body that is not of the published shape. @default "InvalidRequestContent" */
  readonly bodyProblemCode?: string;
  /** What is stored after a PUT; `existing` is what was there. Absent where clients cannot write. @throws {Refusal} what the service refuses */
  put?(request: ArmRequest, existing: Resource | undefined): Resource | Promise<Resource>;
  /** The same for PATCH, where the service has it. */
  patch?(request: ArmRequest, existing: Resource): Resource | Promise<Resource>;
  /** Called after it has been stored. */
  stored?(request: ArmRequest, resource: Resource): void | Promise<void>;
  /** The answer to a deletion that is asked of this resource itself and comes to nothing; undefined where it may go. */
  deleting?(request: ArmRequest, resource: Resource): Answer | undefined;
  /** Refuses or accompanies a deletion; the resource and everything below it go when it returns. */
  removing?(request: ArmRequest, resource: Resource): void | Promise<void>;
  /** False where Resource Manager has no DELETE for it. @default true */
  readonly removable?: boolean;
  /** What a client is shown; the stored form where absent. */
  show?(world: World, resource: Resource): unknown;
  /**
   * Operations on one resource, by what follows its id: `listKeys` is a POST, another method is named: `PUT accessPolicies/add`.
   * The request's id is the resource's.
   */
  readonly actions?: Readonly<Record<string, (request: ArmRequest, resource: Resource) => Answer | Promise<Answer>>>;
  /**
   * Operations of the service on the subscription, by method and path below `/subscriptions/S/providers/NAMESPACE/`:
   * `GET locations/:location/quotas`. The request's id is the subscription's.
   */
  readonly operations?: Readonly<Record<string, (request: ArmRequest, params: Params) => Answer | Promise<Answer>>>;
  /** Which of them a GET on the list at `holder` shows; all at `holder` and below where absent. */
  select?(world: World, holder: string, query: URLSearchParams): readonly Resource[];
  /** Where the service keeps them itself, outside `arm-resources`; then `put` and `removing` do the storing too. */
  readonly kept?: {
    find(world: World, id: string): Resource | undefined;
    /** Those at `scope` and below it. */
    list(world: World, scope: string): readonly Resource[];
  };
}
