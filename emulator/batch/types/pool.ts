import { randomUUID } from "node:crypto";
import type { ArmRequest, Resource, ResourceType } from "../../arm/resourceType";
import { resources } from "../../arm/resources";
import { tagsOf } from "../../arm/resourceGroups";
import type { World } from "../../world";
import { identityIds, poolProperties, type PoolProperties, poolPropertyNames, poolType } from "../model";
import { currentSize, plannedSize } from "../nodes/poolSize";
import { nodesOf } from "../nodes/record";
import { BatchRefusal } from "../refusals";
import { checkPool } from "../rules";
import { checkUpdate } from "../rules/update";
import { apiVersions } from "./versions";

/**
 * Pools of a Batch account.
 * @param changed called after a pool was stored: its nodes are to follow
 */
export function batchPoolType(changed: () => void): ResourceType {
  return {
    type: poolType,
    apiVersions,
    name: {
      pattern: /^[a-zA-Z0-9_-]{1,64}$/,
      expected: "1 to 64 letters, digits, '_' and '-'",
      code: "InvalidPoolName",
    },
    needsLocation: false,
    createdStatus: 200,
    removedStatus: 202,
    bodyProblemCode: "InvalidRequestBody",
    put: (request, existing) => {
      if (!existing) requireQuota(request);
      return poolOf(request, existing, poolPart(request.body.properties), identityOf(request.body.identity));
    },
    patch: (request, existing) => {
      const { properties = {}, identity } = request.body as {
        properties?: Record<string, unknown>;
        identity?: unknown;
      };
      const merged = { ...poolPart(existing.properties), ...poolPart(properties) };
      return poolOf(
        request,
        existing,
        merged,
        identity ? mergeIdentity(existing.identity, identity) : existing.identity,
      );
    },
    stored: () => {
      changed();
    },
    show: showPool,
    actions: {
      disableAutoScale: (request, pool) => {
        const { dedicated, lowPriority } = currentSize(request.world, pool);
        const fixedScale = { targetDedicatedNodes: dedicated, targetLowPriorityNodes: lowPriority };
        return replaced(request, { ...pool, properties: { ...pool.properties, scaleSettings: { fixedScale } } });
      },
      stopResize: ({ world }, pool) => ({ status: 200, body: showPool(world, pool) }),
    },
  };

  function replaced({ world }: ArmRequest, pool: Resource) {
    resources(world).put(pool.id, pool);
    changed();
    return { status: 200, body: showPool(world, pool) };
  }
}

/** A pool that keeps all rules, against what was there. @throws {Refusal} for the first it breaks */
function poolOf(
  { world, id, apiVersion, body }: ArmRequest,
  existing: Resource | undefined,
  properties: PoolProperties,
  identity: unknown,
): Resource {
  const now = world.clock();
  const find = (other: string) => resources(world).get(other);
  checkPool({ properties, identity, account: id.parent, apiVersion, asOf: world.asOf(), find });
  if (existing) {
    checkUpdate(poolProperties(existing), properties, { apiVersion, nodes: nodesOf(world, existing.id).length });
  }
  return {
    id: id.text,
    name: id.name,
    type: poolType,
    tags: tagsOf(body, existing),
    identity: identity ?? { type: "None" },
    properties: {
      ...properties,
      creationTime: existing?.properties.creationTime ?? now.toISOString(),
      lastModified: now.toISOString(),
      // A new one at each change: what Batch calls the pool's ETag.
      eTag: randomUUID(),
    },
  };
}

function showPool(world: World, pool: Resource): unknown {
  const { eTag, ...stored } = pool.properties;
  const properties = stored as PoolProperties;
  const current = currentSize(world, pool);
  const planned = plannedSize(world, pool);
  const steady = current.dedicated === planned.size.dedicated && current.lowPriority === planned.size.lowPriority;
  return {
    ...pool,
    etag: `W/"${String(eTag)}"`,
    properties: {
      interNodeCommunication: "Disabled",
      taskSlotsPerNode: 1,
      taskSchedulingPolicy: { nodeFillType: "Spread" },
      ...properties,
      ...(properties.vmSize === undefined ? {} : { vmSize: properties.vmSize.toUpperCase() }),
      scaleSettings: properties.scaleSettings ?? { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 0 } },
      provisioningState: "Succeeded",
      provisioningStateTransitionTime: stored.creationTime,
      allocationState: steady ? "Steady" : "Resizing",
      allocationStateTransitionTime: stored.lastModified,
      currentDedicatedNodes: current.dedicated,
      currentLowPriorityNodes: current.lowPriority,
      ...(planned.run ? { autoScaleRun: planned.run } : {}),
      ...(planned.resizeErrors.length > 0 ? { resizeOperationStatus: { errors: planned.resizeErrors } } : {}),
    },
  };
}

function poolPart(properties: unknown): PoolProperties {
  const given = (properties ?? {}) as Record<string, unknown>;
  return Object.fromEntries(poolPropertyNames.flatMap((name) => (given[name] == null ? [] : [[name, given[name]]])));
}

function identityOf(identity: unknown): unknown {
  return identity === null ? undefined : identity;
}

/** PATCH adds identities and takes none away (hashicorp/terraform-provider-azurerm#30206). */
function mergeIdentity(before: unknown, added: unknown): unknown {
  const ids = [...new Set([...identityIds(before), ...identityIds(added)])];
  return { ...(added as object), userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) };
}

function requireQuota({ world, id }: ArmRequest): void {
  const pools = resources(world)
    .list(`${id.parent}/pools/`)
    .filter(({ type }) => type === poolType).length;
  if (pools >= world.poolQuota) {
    throw new BatchRefusal(409, "PoolQuotaReached", "Pool quota for the account has been reached.");
  }
}
