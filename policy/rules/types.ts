// Types of resources, as a program registers them.

export const accessPolicy = "azure-native:keyvault:AccessPolicy";
export const batchAccount = "azure-native:batch:BatchAccount";
export const entraCertificate = "azuread:index/applicationCertificate:ApplicationCertificate";
export const genericResource = "azure-native:resources:Resource";
export const identity = "azure-native:managedidentity:UserAssignedIdentity";
export const pool = "azure-native:batch:Pool";
export const privateKey = "tls:index/privateKey:PrivateKey";
export const resourceGroup = "azure-native:resources:ResourceGroup";
export const roleAssignment = "azure-native:authorization:RoleAssignment";
export const selfSignedCertificate = "tls:index/selfSignedCert:SelfSignedCert";
export const vault = "azure-native:keyvault:Vault";
