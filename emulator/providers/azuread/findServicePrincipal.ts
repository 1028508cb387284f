import { without, type Properties } from "../wire/values";
import { equals, texts, type Graph } from "./graph";
import { servicePrincipalOutputs } from "./servicePrincipal";

/** What a service principal can be looked up by, in words. */
const keys = { clientId: "client ID", displayName: "display name", objectId: "object ID" } as const;
type Key = keyof typeof keys;

/** `azuread.getServicePrincipal`. @throws {Error} where there is none or more than one, or not exactly one argument */
export async function findServicePrincipal(graph: Graph, args: Properties): Promise<Properties> {
  const given = (Object.keys(keys) as Key[]).filter((name) => args[name] !== undefined);
  const [key, another] = given;
  if (!key || another) {
    throw new Error(`found ${given.join(", ") || "none"}, expected exactly one of ${Object.keys(keys).join(", ")}`);
  }
  const value = String(args[key]);
  const [principal, second] = await search(graph, key, value);
  if (!principal) throw new Error(`No service principal found for ${keys[key]}: "${value}"`);
  if (second) throw new Error(`Found multiple service principals for ${keys[key]}: "${value}"`);
  return {
    // A lookup shows no owners.
    ...without(servicePrincipalOutputs(principal, {}, []), "owners"),
    id: principal["id"],
    appRoles: [],
    oauth2PermissionScopes: [],
    samlSingleSignOns: [{ relayState: "" }],
    ...features(texts(principal["tags"])),
  };
}

async function search(graph: Graph, key: Key, value: string): Promise<readonly Properties[]> {
  if (key === "objectId") {
    const found = await graph.find(`/servicePrincipals/${encodeURIComponent(value)}`);
    return found ? [found] : [];
  }
  return graph.list(`/servicePrincipals?${equals(key === "clientId" ? "appId" : key, value)}`);
}

/** Microsoft's tags with a meaning, as the provider shows them: under their names of today and of before. */
function features(tags: readonly string[]): Properties {
  const has = (wanted: string) => tags.some((tag) => tag.toLowerCase() === wanted.toLowerCase());
  const custom = has("WindowsAzureActiveDirectoryCustomSingleSignOnApplication");
  const enterprise = has("WindowsAzureActiveDirectoryIntegratedApp");
  const gallery = has("WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1");
  const hide = has("HideApp");
  const earlier = {
    customSingleSignOnApp: custom,
    enterpriseApplication: enterprise,
    galleryApplication: gallery,
    visibleToUsers: !hide,
  };
  return { featureTags: [{ customSingleSignOn: custom, enterprise, gallery, hide }], features: [earlier] };
}
