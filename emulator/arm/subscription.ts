import type { Answer, Params } from "../server/exchange";
import { subscriptionsOf } from "../server/tenant";
import { matchWords, namespaceOf } from "./catalogue";
import type { ArmContext } from "./dispatch";
import { equalities, sameText } from "./filter";
import { pathNotFound, shortType } from "./refusals";
import { regions } from "./regions";
import { groupType, parseResourceId } from "./resourceId";
import { resources, shown } from "./resources";
import type { Resource, ResourceType } from "./resourceType";
import { rolePermits } from "./roles";

/** A path of Resource Manager itself that is no resource. */
interface Page {
  /** Management action that a caller's role must permit at the scope; everyone may where absent. */
  readonly action?: string;
  run(context: ArmContext, params: Params): Answer;
}

const pages: Readonly<Record<string, Page>> = {
  "GET /tenants": { run: ({ world }) => ({ status: 200, body: { value: [tenant(world.tenant)] } }) },
  "GET /subscriptions": {
    run: ({ world, caller }) => {
      const readable = subscriptionsOf(world.tenant).filter((id) =>
        rolePermits(world, caller, "Microsoft.Resources/subscriptions/read", `/subscriptions/${id}`),
      );
      return { status: 200, body: { value: readable.map((id) => subscription(world.tenant, id)) } };
    },
  },
  "GET /subscriptions/:subscription": {
    action: "Microsoft.Resources/subscriptions/read",
    run: ({ world }, { subscription: id = "" }) => ({ status: 200, body: subscription(world.tenant, id) }),
  },
  "GET /subscriptions/:subscription/locations": {
    action: "Microsoft.Resources/subscriptions/locations/read",
    run: (_context, { subscription: id = "" }) => ({
      status: 200,
      body: {
        value: regions.map((region) => ({ id: `/subscriptions/${id}/locations/${region.name}`, ...region })),
      },
    }),
  },
  "GET /subscriptions/:subscription/resourceGroups": {
    action: "Microsoft.Resources/subscriptions/resourceGroups/read",
    run: (context, { subscription: id = "" }) => list(context, `/subscriptions/${id}`, (one) => one.type === groupType),
  },
  "GET /subscriptions/:subscription/resources": {
    action: "Microsoft.Resources/subscriptions/resources/read",
    run: (context, { subscription: id = "" }) => list(context, `/subscriptions/${id}`, isTracked),
  },
  "GET /subscriptions/:subscription/resourceGroups/:group/resources": {
    action: "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
    run: (context, { subscription: id = "", group = "" }) =>
      list(context, `/subscriptions/${id}/resourceGroups/${group}`, isTracked),
  },
  // What is deleted is gone at once, so whoever asks for the operation finds it done.
  "GET /subscriptions/:subscription/operationresults/:operation": { run: () => ({ status: 200 }) },
  "GET /subscriptions/:subscription/providers": {
    action: "Microsoft.Resources/subscriptions/providers/read",
    run: ({ catalogue }, { subscription: id = "" }) => ({
      status: 200,
      body: { value: catalogue.namespaces().map((namespace) => provider(id, catalogue.ofNamespace(namespace))) },
    }),
  },
  "GET /subscriptions/:subscription/providers/:namespace": {
    action: "Microsoft.Resources/subscriptions/providers/read",
    run: showProvider,
  },
  "POST /subscriptions/:subscription/providers/:namespace/register": {
    action: "Microsoft.Resources/subscriptions/providers/register/action",
    run: showProvider,
  },
};

/** The page at `pathname`, with the scope that its action is asked at. */
export function findPage(method: string, pathname: string) {
  for (const [key, page] of Object.entries(pages)) {
    const [asked, pattern = ""] = key.split(" ");
    const params = asked === method ? matchWords(pattern.split("/"), pathname.split("/")) : undefined;
    if (params)
      return {
        ...page,
        params,
        scope: pathname
          .split("/")
          .slice(0, "group" in params ? 5 : 3)
          .join("/"),
      };
  }
  return undefined;
}

type Tenant = ArmContext["world"]["tenant"];

function tenant({ tenantId, verifiedDomains }: Tenant) {
  const defaultDomain = verifiedDomains[0];
  return { id: `/tenants/${tenantId}`, tenantId, displayName: defaultDomain, defaultDomain, domains: verifiedDomains };
}

function subscription({ tenantId, otherSubscriptionId }: Tenant, id: string) {
  const subscriptionId = id.toLowerCase();
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: subscriptionId === otherSubscriptionId ? "Other emulated subscription" : "Emulated subscription",
    state: "Enabled",
    subscriptionPolicies: {
      locationPlacementId: "Public_2014-09-01",
      quotaId: "PayAsYouGo_2014-09-01",
      spendingLimit: "Off",
    },
    authorizationSource: "RoleBased",
  };
}

function showProvider({ catalogue, exchange }: ArmContext, { subscription: id = "", namespace = "" }: Params): Answer {
  const types = catalogue.ofNamespace(namespace);
  if (types.length === 0) throw pathNotFound(exchange);
  return { status: 200, body: provider(id, types) };
}

/** Everything that the emulator has is registered from the start, in each subscription. */
function provider(subscriptionId: string, types: readonly ResourceType[]) {
  const namespace = types[0] ? namespaceOf(types[0]) : "";
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationState: "Registered",
    registrationPolicy: "RegistrationRequired",
    resourceTypes: types.map((type) => ({
      resourceType: shortType(type.type),
      locations: regions.map((region) => region.displayName),
      apiVersions: Object.keys(type.apiVersions).sort().reverse(),
    })),
  };
}

/** Resource Manager lists what it keeps track of itself: all that lies in a group and has a location. */
function isTracked({ type, location }: Resource): boolean {
  return type !== groupType && type.split("/").length === 2 && location !== undefined;
}

function list({ world, catalogue, exchange }: ArmContext, scope: string, belongs: (one: Resource) => boolean): Answer {
  const filter = equalities(exchange.url.searchParams.get("$filter"));
  const wanted = (field: string, value: string): boolean => !filter.has(field) || sameText(filter.get(field), value);
  const found = resources(world)
    .list(`${scope}/`)
    .filter((one) => belongs(one) && wanted("resourcetype", one.type) && wanted("name", one.name))
    .filter((one) => wanted("resourcegroup", parseResourceId(one.id)?.resourceGroup ?? ""))
    .filter(
      (one) => !filter.has("tagname") || sameText(one.tags?.[filter.get("tagname") ?? ""], filter.get("tagvalue")),
    );
  return {
    status: 200,
    body: {
      value: found.map((one) => {
        const type = catalogue.find(one.type);
        if (type && one.type === groupType) return shown(world, type, one);
        const { id, name, type: typeName, location, tags, identity } = one;
        return { id, name, type: typeName, location, tags, identity };
      }),
    },
  };
}
