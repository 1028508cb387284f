import { batchAccountName } from "./azureNames";
import { documentation } from "./documentation";
import { choice, group } from "./values";

const replacesAll = "replaces the account with all its pools";

export const batch = group({
  accountName: batchAccountName.optional().register(documentation, {
    what: "Name of the Batch account, unique in its region.",
    default: "made up of the stack's name and a random end",
    change: replacesAll,
  }),
  publicNetworkAccess: choice(["Enabled", "Disabled", "SecuredByPerimeter"])
    .default("Enabled")
    .register(documentation, { what: "Whether the account can be reached from public networks.", change: "in place" }),
  poolAllocationMode: choice(["BatchService", "UserSubscription"]).default("BatchService").register(documentation, {
    what: "Whose subscription the pools' machines are in: the Batch service's or your own. `UserSubscription` needs a role on the subscription for the principal of Microsoft Azure Batch (Azure Batch Service Orchestration Role, or Contributor), core quota there, and `vault.permissionModel: accessPolicy`.",
    change: replacesAll,
  }),
});
