import { randomUUID } from "node:crypto";
import type { HTTPMethod } from "find-my-way";
import type { Resource } from "../../arm/resourceType";
import { type Answer, type Exchange, type Params, Refusal, Routes, type Service } from "../../server/exchange";
import type { World } from "../../world";
import type { Nodes } from "../nodes/nodes";
import { BatchRefusal } from "../refusals";
import { accountOfHost, authenticate, authorize, requireVersion } from "./account";
import { refused } from "./answers";
import { addJobRoutes } from "./jobs";
import { addNodeRoutes } from "./nodes";
import { addTaskRoutes } from "./tasks";

/** One request to an account's data plane, its caller known and allowed. */
export interface Call {
  readonly world: World;
  readonly nodes: Nodes;
  readonly exchange: Exchange;
  readonly account: Resource;
  /** `https://ACCOUNT.REGION.batch.azure.com` */
  readonly base: string;
}

type BatchHandler = (call: Call, params: Params) => Answer | Promise<Answer>;

export interface BatchRoutes {
  on(method: HTTPMethod | HTTPMethod[], path: string, handler: BatchHandler): BatchRoutes;
}

/** `ACCOUNT.REGION.batch.azure.com`: pools, nodes, jobs and tasks of the accounts. */
export function batchService(world: World, nodes: Nodes): Service {
  const paths = new Routes();
  const routes: BatchRoutes = {
    on(method, path, handler) {
      paths.on(method, path, (exchange, params) => {
        const account = accountOfHost(world, exchange.host);
        return handler({ world, nodes, exchange, account, base: `https://${exchange.host}` }, params);
      });
      return routes;
    },
  };
  addNodeRoutes(routes);
  addJobRoutes(routes);
  addTaskRoutes(routes);

  async function answer(exchange: Exchange): Promise<Answer> {
    const account = accountOfHost(world, exchange.host);
    requireVersion(exchange);
    const caller = await authenticate(world, exchange, account);
    authorize(world, exchange, account, caller);
    const found = paths.find(exchange);
    if (!found) {
      throw new BatchRefusal(400, "InvalidUri", "The requested URI does not represent any resource on the server.", [
        { key: "Reason", value: `${exchange.method} ${exchange.url.pathname}` },
      ]);
    }
    return found();
  }

  return {
    name: "Batch",
    answersFor: (host) => host.endsWith(".batch.azure.com"),
    answer: async (exchange) => {
      const answered = await answer(exchange).catch((problem: unknown) => {
        if (problem instanceof Refusal) return refused(exchange, problem);
        throw problem;
      });
      return { ...answered, headers: { "request-id": randomUUID(), dataserviceversion: "3.0", ...answered.headers } };
    },
  };
}
