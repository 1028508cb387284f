import { armService } from "../arm";
import { batchService, batchTypes, imdsService, Nodes } from "../batch";
import { graphService } from "../entra/graph";
import { loginService } from "../entra/service";
import { vaultService, vaultTypes } from "../vault";
import type { World } from "../world";
import type { Service } from "./exchange";

/** Everything that this Azure consists of, and the pools' nodes, which live beside the requests. */
export function composeServices(world: World): { services: readonly Service[]; nodes: Nodes } {
  const nodes = new Nodes(world);
  return {
    nodes,
    services: [
      loginService(world),
      graphService(world),
      armService(world, [...vaultTypes, ...batchTypes(nodes)]),
      vaultService(world),
      batchService(world, nodes),
      imdsService(world),
    ],
  };
}
