import { z } from "zod";

/** Version of the shape below. Raised when something in it is renamed, removed or changes its meaning. */
export const contractVersion = 1;

const text = z.string();

const resource = z.object({
  id: text.describe("Resource Manager's id."),
  name: text.describe("Its name in Azure."),
});

const validity = z.object({
  generation: z.int().describe("Counts the application's certificates from 1."),
  thumbprint: text.describe("SHA-1, upper case hex."),
  notBefore: text.describe("From when it signs in, UTC in whole seconds."),
  notAfter: text.describe("Until when it signs in, UTC in whole seconds."),
});

/** What a stack of this program tells other stacks and people: the one description, of which the type is made. Holds no secret. */
export const contractShape = z.object({
  contractVersion: z.literal(contractVersion).describe("Version of this table."),
  access: z
    .enum(["certificate", "managedIdentity"])
    .describe("By what tasks sign in: the application's certificate, or the pools' managed identity."),
  tenantId: text.describe("The tenant of all that follows."),
  clientId: text.describe("Of the application or managed identity that tasks sign in as."),
  applicationObjectId: text.optional().describe("Of the application. Absent with `managedIdentity`."),
  servicePrincipalObjectId: text.describe("The principal that has the right to read."),
  certificate: validity
    .extend({ subject: text.describe("`CN=…`") })
    .optional()
    .describe("The newest certificate. Absent with `managedIdentity`."),
  generations: z
    .array(validity)
    .optional()
    .describe("All generations by which tasks may sign in, newest first. Absent with `managedIdentity`."),
  vault: resource
    .extend({
      uri: text.describe("With a slash at its end."),
      secretNames: z.array(text).describe("The secrets that tasks may read."),
    })
    .describe("The vault that tasks read."),
  batchAccount: resource
    .extend({ endpoint: text.describe("URL of the Batch service for this account.") })
    .describe("The account that the pools belong to."),
  pools: z
    .record(
      text,
      resource.extend({
        name: text.describe("The pool's id in Batch, which changes when the pool is replaced."),
        os: z.enum(["linux", "windows"]).describe("What its nodes run."),
      }),
    )
    .describe("By the pools' names in the configuration."),
  taskEnvironment: z
    .record(text, z.record(text, text))
    .describe("By the pools' names in the configuration: the environment to give to tasks, text by name."),
});

/** The outputs of a stack as another program has them. */
export type StackContract = Frozen<z.infer<typeof contractShape>>;

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
