import type { AzureClient } from "../azure/client";
import { Locks } from "../wire/locks";
import { sdkVersion, type Provider } from "../wire/provider";
import { applicationKind } from "./application";
import { applicationCertificateKind } from "./applicationCertificate";
import { findServicePrincipal } from "./findServicePrincipal";
import { Graph } from "./graph";
import { identifierUriKind } from "./identifierUri";
import { servicePrincipalKind } from "./servicePrincipal";

/** `azuread`: applications with their certificates and service principals, through Microsoft Graph. */
export function azureadProvider(client: AzureClient): Provider {
  const graph = new Graph(client);
  // Certificates and URIs are entries of lists that are always written whole.
  const locks = new Locks();
  return {
    name: "azuread",
    version: sdkVersion("azuread"),
    resources: {
      "azuread:index/application:Application": applicationKind(graph, locks),
      "azuread:index/applicationCertificate:ApplicationCertificate": applicationCertificateKind(graph, locks),
      "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": identifierUriKind(graph, locks),
      "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipalKind(graph),
    },
    functions: {
      "azuread:index/getClientConfig:getClientConfig": async () => {
        const caller = await client.caller();
        return { ...caller, id: `${caller.tenantId}-${caller.clientId}-${caller.objectId}` };
      },
      "azuread:index/getServicePrincipal:getServicePrincipal": (args) => findServicePrincipal(graph, args),
    },
  };
}
