import { z } from "zod";
import { expectAt, rule } from "../rule";
import { batchAccount, identity, pool, resourceGroup, vault } from "./types";

export const tags = rule({
  name: "tags",
  description: "Everything that can have tags has those that say whose it is.",
  types: [resourceGroup, vault, batchAccount, pool, identity],
  settings: z.strictObject({
    required: z.array(z.string()).default(["environment"]).describe("Tags that must be there, each with a value."),
  }),
  check: (resource, { required }) =>
    required.flatMap((name) =>
      expectAt(resource, ["tags", name], (value) => typeof value === "string" && value.trim() !== "", "some text"),
    ),
});
