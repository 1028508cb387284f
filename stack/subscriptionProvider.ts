import { Provider, type ProviderArgs } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";

/** What the stack's configuration may tell azure-native of signing in, by the type of the value. */
const textKeys = [
  ...(["clientCertificatePassword", "clientCertificatePath", "clientId", "clientSecret", "environment"] as const),
  ...(["metadataHost", "msiEndpoint", "oidcRequestToken", "oidcRequestUrl", "oidcToken", "oidcTokenFilePath"] as const),
  ...(["partnerId", "tenantId"] as const),
];
const flagKeys = [
  "disableInstanceDiscovery",
  "disablePulumiPartnerId",
  "useDefaultAzureCredential",
  "useMsi",
  "useOidc",
] as const;

/**
 * azure-native for another subscription. A provider of one's own reads no stack configuration, so that is handed on. It is
 * named after the subscription: under the same name azure-native would take what is in one subscription for the other's.
 */
export function providerOfSubscription(subscriptionId: string): Provider {
  const config = new pulumi.Config("azure-native");
  const texts = textKeys.map((key) => [key, config.getSecret(key)] as const);
  const flags = flagKeys.map((key) => [key, config.getBoolean(key)] as const);
  const given = Object.fromEntries([...texts, ...flags].filter(([, value]) => value !== undefined)) as ProviderArgs;
  return new Provider(`subscription-${subscriptionId}`, { ...given, subscriptionId });
}
