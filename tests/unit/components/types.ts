/** Type tokens of the resources that components make. */
export const types = {
  application: "azuread:index/application:Application",
  credential: "azuread:index/applicationCertificate:ApplicationCertificate",
  identifierUri: "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri",
  servicePrincipal: "azuread:index/servicePrincipal:ServicePrincipal",
  vault: "azure-native:keyvault:Vault",
  secret: "azure-native:keyvault:Secret",
  policy: "azure-native:keyvault:AccessPolicy",
  role: "azure-native:authorization:RoleAssignment",
  account: "azure-native:batch:BatchAccount",
  pool: "azure-native:batch:Pool",
} as const;
