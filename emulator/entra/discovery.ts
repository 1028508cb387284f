import { hosts } from "../server/cloud";
import { issuerOf } from "./tokens";
import type { World } from "../world";
import { isSharedName } from "./tenantNames";

type Version = "1.0" | "2.0";

/** The OpenID configuration of `tenant`, a name as it stood in the path. */
export function openIdConfiguration(world: World, tenant: string, version: Version) {
  const authority = `https://${hosts.login}/${tenant}`;
  const oauth = version === "2.0" ? `${authority}/oauth2/v2.0` : `${authority}/oauth2`;
  const issuer = issuerOf(world, version);
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    jwks_uri: version === "2.0" ? `${authority}/discovery/v2.0/keys` : `https://${hosts.login}/common/discovery/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: isSharedName(tenant) ? issuer.replace(world.tenant.tenantId, "{tenantid}") : issuer,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    end_session_endpoint: `${oauth}/logout`,
    tenant_region_scope: "EU",
    cloud_instance_name: "microsoftonline.com",
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: hosts.graph,
    rbac_url: "https://pas.windows.net",
  };
}

/** Which hosts are the same login service; MSAL asks before it trusts an authority that it does not know. */
export function instanceDiscovery(tenant: string) {
  return {
    tenant_discovery_endpoint: `https://${hosts.login}/${tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [
      {
        preferred_network: hosts.login,
        preferred_cache: "login.windows.net",
        aliases: [hosts.login, "login.windows.net", "login.microsoft.com", "sts.windows.net"],
      },
    ],
  };
}
