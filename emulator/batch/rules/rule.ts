import type { Resource } from "../../arm/resourceType";
import type { PoolProperties } from "../model";

/** A pool as a request wants it, and what the rules must know besides. */
export interface WantedPool {
  readonly properties: PoolProperties;
  readonly identity: unknown;
  /** ARM id of its account. */
  readonly account: string;
  readonly apiVersion: string;
  /** The day whose retirements count. */
  readonly asOf: Date;
  /** A resource of the subscription by its id. */
  readonly find: (id: string) => Resource | undefined;
}

/** @throws {BatchRefusal} where the pool breaks the rule */
export type PoolRule = (pool: WantedPool) => void;
