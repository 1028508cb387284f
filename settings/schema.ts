import type { z } from "zod";
import { application } from "./application";
import { batch } from "./batch";
import { certificate } from "./certificate";
import { withDefaults } from "./defaults";
import { documentation } from "./documentation";
import { pools } from "./pools";
import { stackRules } from "./stackRules";
import { tags } from "./tags";
import { choice, flag, group } from "./values";
import { vault } from "./vault";

const stack = group({
  access: choice(["certificate", "managedIdentity"]).default("certificate").register(documentation, {
    what: "How tasks sign in to read secrets: as an Entra application, by a certificate that is brought to the nodes; or as the pools' managed identity, which is all it takes where nodes and vault are in one tenant.",
    change: "replaces the pools; application and certificate, or identity, come and go",
  }),
  certificate: certificate.prefault({}).register(documentation, {
    what: "The certificate that tasks sign in with. Counts for nothing with `access: managedIdentity`.",
  }),
  application: application.prefault({}).register(documentation, {
    what: "The Entra application that tasks sign in as. Counts for nothing with `access: managedIdentity`.",
  }),
  vault: vault.prefault({}).register(documentation, { what: "The vault whose secrets tasks read." }),
  batch: batch
    .prefault({})
    .register(documentation, { what: "The Batch account. Everyone signs in to it with Entra; it has no keys." }),
  pools: pools.register(documentation, {
    what: "Pools of nodes, each with a name of its own.",
    change: "pools come and go, each by itself",
  }),
  protect: flag.default(false).register(documentation, {
    what: "Whether Pulumi refuses to delete the vaults and the application that the stack makes. To destroy the stack, set it to `false` and run `pulumi up` first.",
    change: "in place",
  }),
  tags: tags.default({}).register(documentation, {
    what: "Tags of everything that can have them.",
    change: "in place",
  }),
});

/** What a configuration says, with the defaults of single keys. */
export type Given = z.output<typeof stack>;

/** The configuration of a stack, as `batch-keyvault:…` keys of Pulumi.<stack>.yaml. */
export const schema = stack.check(...stackRules).transform(withDefaults);

export type Settings = z.output<typeof schema>;
export type PoolSettings = Settings["pools"][number];
