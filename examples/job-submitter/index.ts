import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import { Application } from "@pulumi/azure-native/batch/application";
import { getClientConfig } from "@pulumi/azuread/getClientConfig";
import { Config, StackReference } from "@pulumi/pulumi";
import { EntraApplication } from "../../components/EntraApplication";
import { readOutputs } from "../../outputs";
import { jobSubmitterRole, partsOf } from "./azureIds";
import { certificates } from "./certificates";

/** What a team that runs jobs has of its own: an identity that may submit them, and a place for its packages. */
async function program() {
  const config = new Config();
  const { tenantId, batchAccount } = readOutputs(new StackReference(config.require("mainStack")));
  const { objectId: ownerObjectId } = await getClientConfig();

  const [certificate, ...previous] = certificates(config.getNumber("generation") ?? 1);
  const submitter = new EntraApplication("submitter", {
    displayName: "Batch job submitter",
    tenantId,
    ownerObjectId,
    credential: certificate.credential,
    previousCredentials: previous.map(({ credential }) => credential),
  });
  // On the account, because Batch has no smaller place for it; it makes no pools, and reads no secrets.
  new RoleAssignment("submitter", {
    scope: batchAccount.id,
    roleDefinitionId: batchAccount.id.apply(jobSubmitterRole),
    principalId: submitter.servicePrincipalObjectId,
    // Azure would look up the principal otherwise, and does not find one at once that the same update made.
    principalType: "ServicePrincipal",
  });

  const application = config.get("application");
  if (application !== undefined) {
    new Application("packages", {
      resourceGroupName: batchAccount.id.apply((id) => partsOf(id).resourceGroup),
      accountName: batchAccount.name,
      applicationName: application,
      displayName: "Packages of the job submitter",
      // A version that a job names stays what it was.
      allowUpdates: false,
    });
  }
  return { tenantId, clientId: submitter.clientId, certificate: certificate.bundle };
}

export = program;
