import { resolve } from "node:path";
import type { Policies } from "../engine/stack";
import type { Connection } from "../server/connect";

/**
 * The program's policies, as they count on this machine: on loopback nothing is public and nothing needs an owner, and
 * what was retired by the emulated day is for the emulated Azure to refuse where a stack asks for it by name.
 */
export function policiesFor({ asOf }: Pick<Connection, "asOf">): Policies {
  const day = asOf === undefined ? {} : { asOf };
  return {
    pack: resolve(__dirname, "../../policy"),
    settings: {
      "public-access": "advisory",
      tags: "advisory",
      "retired-images": day,
      "retired-sizes": day,
      "retired-certificates": { ...day, enforcementLevel: "advisory" },
    },
  };
}
