import { resources } from "../../arm/resources";
import type { Resource } from "../../arm/resourceType";
import type { Params } from "../../server/exchange";
import { poolProperties, poolType, virtualMachine } from "../model";
import { nodeKey, type NodeRecord, nodeRecords, nodesOf, type NodeState } from "../nodes/record";
import { BatchRefusal } from "../refusals";
import { element, list, notFound } from "./answers";
import { answerFile, answerFiles } from "./files";
import type { BatchRoutes, Call } from "./service";
import { extensionView, nodeView, poolView } from "./views";

/** Pools, their nodes, and what is on these. */
export function addNodeRoutes(routes: BatchRoutes): void {
  routes
    .on("GET", "/pools", ({ world, exchange, base, account }) =>
      list(
        exchange,
        "pools",
        poolsOf({ world, account }).map((pool) => poolView(world, base, pool)),
      ),
    )
    .on("GET", "/pools/:poolId", (call, params) =>
      element(call.exchange, "pools/@Element", poolView(call.world, call.base, poolOf(call, params))),
    )
    .on("GET", "/pools/:poolId/nodes", (call, params) => {
      const pool = poolOf(call, params);
      const views = nodesOf(call.world, pool.id).map((node) => nodeView(call.nodes, call.base, pool, node));
      return list(call.exchange, "nodes", views);
    })
    .on("GET", "/pools/:poolId/nodes/:nodeId", (call, params) =>
      element(
        call.exchange,
        "nodes/@Element",
        nodeView(call.nodes, call.base, poolOf(call, params), nodeOf(call, params)),
      ),
    )
    .on("POST", "/pools/:poolId/nodes/:nodeId/reboot", (call, params) => reboot(call, nodeOf(call, params)))
    .on("GET", "/pools/:poolId/nodes/:nodeId/extensions", (call, params) =>
      list(call.exchange, "extensions", extensionsOf(call, params)),
    )
    .on("GET", "/pools/:poolId/nodes/:nodeId/extensions/:name", (call, params) => {
      const found = extensionsOf(call, params).find(({ vmExtension }) => vmExtension.name === params.name);
      if (!found) throw notFound("ExtensionNotFound");
      return element(call.exchange, "extensions/@Element", found);
    })
    .on("GET", "/pools/:poolId/nodes/:nodeId/files", (call, params) =>
      answerFiles(call.exchange, filesOf(call, params)),
    )
    .on(["GET", "HEAD"], "/pools/:poolId/nodes/:nodeId/files/*", (call, params) =>
      answerFile(filesOf(call, params), params["*"] ?? ""),
    );
}

function poolsOf({ world, account }: Pick<Call, "world" | "account">): Resource[] {
  return resources(world)
    .list(`${account.id}/pools/`)
    .filter(({ type }) => type === poolType);
}

function poolOf({ world, account }: Call, { poolId = "" }: Params): Resource {
  const pool = resources(world).get(`${account.id}/pools/${poolId}`);
  if (!pool) throw notFound("PoolNotFound");
  return pool;
}

function nodeOf(call: Call, params: Params): NodeRecord {
  const pool = poolOf(call, params);
  const node = nodeRecords(call.world).get(nodeKey({ poolId: pool.id, id: params.nodeId ?? "" }));
  if (!node) throw notFound("NodeNotFound");
  return node;
}

function extensionsOf(call: Call, params: Params) {
  const node = nodeOf(call, params);
  const { extensions = [] } = virtualMachine(poolProperties(poolOf(call, params)));
  return extensions.map((extension) =>
    extensionView(
      extension,
      node.extensions.find(({ name }) => name === extension.name),
    ),
  );
}

/** Batch's own directories only, as its node agent serves them. */
function filesOf(call: Call, params: Params): string {
  const node = call.nodes.find(nodeOf(call, params));
  if (!node) throw notFound("NodeNotFound");
  return node.layout.batch.AZ_BATCH_NODE_ROOT_DIR;
}

const busy: Partial<Record<NodeState, string>> = {
  creating: "NodeBeingCreated",
  starting: "NodeBeingStarted",
  rebooting: "NodeBeingRebooted",
};

function reboot({ nodes }: Call, record: NodeRecord) {
  const code = busy[record.state];
  const node = nodes.find(record);
  if (code !== undefined || !node) {
    throw new BatchRefusal(
      409,
      code ?? "NodeNotReady",
      `The specified node is ${record.state}, it cannot be rebooted now.`,
    );
  }
  // The answer does not wait for it, and a node that fails to come back says so itself.
  void node.reboot();
  return { status: 202 };
}
