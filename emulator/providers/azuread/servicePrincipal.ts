import { randomUUID } from "node:crypto";
import type { ResourceKind } from "../wire/provider";
import type { Properties } from "../wire/values";
import { directoryObject, equals, texts, type Graph } from "./graph";
import { inputFailures, previewWith, sameSet, stateAfter } from "./kinds";

const names = [
  "accountEnabled",
  "alternativeNames",
  "appRoleAssignmentRequired",
  "clientId",
  "description",
  "loginUrl",
  "notes",
  "notificationEmailAddresses",
  "owners",
  "preferredSingleSignOnMode",
  "tags",
  "useExisting",
];
const computed = [
  "objectId",
  "displayName",
  "applicationTenantId",
  "servicePrincipalNames",
  "homepageUrl",
  "logoutUrl",
  "type",
  "signInAudience",
  "redirectUris",
  "samlMetadataUrl",
];

/** `azuread.ServicePrincipal`: the official provider's requests, without the waits for a directory that replicates. */
export function servicePrincipalKind(graph: Graph): ResourceKind {
  const outputsOf = async (id: string, principal: Properties, inputs: Properties): Promise<Properties> => {
    const beta = (await graph.find(`${id}?$select=samlMetadataUrl`, "beta")) ?? {};
    const outputs = servicePrincipalOutputs(principal, beta, await graph.owners(id));
    return { ...outputs, useExisting: inputs["useExisting"] };
  };

  const create = async (inputs: Properties): Promise<string> => {
    const { objectId: caller } = await graph.client.caller();
    const owners = [...new Set([caller, ...texts(inputs["owners"])])];
    const created = await graph.post("/servicePrincipals", {
      ...body(inputs),
      appId: inputs["clientId"],
      // The official provider's probe of replication: a description of its own, then the real one.
      description: `TERRAFORM_UPDATE_${randomUUID()}`,
      "owners@odata.bind": owners.map(directoryObject),
    });
    const id = idOf(created);
    await graph.patch(id, { description: inputs["description"] ?? null });
    if (!texts(inputs["owners"]).includes(caller)) await graph.delete(`${id}/owners/${caller}/$ref`);
    return id;
  };

  return {
    check: ({ inputs }) => ({ inputs, failures: inputFailures(inputs, names, ["clientId"]) }),
    same: sameSet,
    replaces: ({ path }) => path[0] === "clientId",
    preview: previewWith(computed),

    create: async (inputs) => {
      const clientId = String(inputs["clientId"]);
      const [existing] = await graph.list(`/servicePrincipals?${equals("appId", clientId)}`);
      if (existing && inputs["useExisting"] !== true) {
        throw new Error(
          `a service principal for ${clientId} already exists: ${idOf(existing)}; import it, or set useExisting`,
        );
      }
      if (existing) await graph.patch(idOf(existing), body(inputs));
      const id = existing ? idOf(existing) : await create(inputs);
      return { id, outputs: await outputsOf(id, await graph.get(id), inputs) };
    },

    read: async (id, state) => {
      const principal = await graph.find(id);
      if (!principal) return undefined;
      const outputs = await outputsOf(id, principal, state.inputs ?? {});
      return stateAfter(state, outputs, names, servicePrincipalOutputs({}, {}, []));
    },

    update: async (id, inputs) => {
      await graph.patch(id, body(inputs));
      if (inputs["owners"] !== undefined) await graph.changeOwners(id, texts(inputs["owners"]));
      return outputsOf(id, await graph.get(id), inputs);
    },

    delete: (id) => graph.delete(id),
  };
}

function idOf(principal: Properties): string {
  return `/servicePrincipals/${String(principal["id"])}`;
}

function body(inputs: Properties): Properties {
  const or = (name: string, fallback: unknown) => inputs[name] ?? fallback;
  return {
    "@odata.type": "#microsoft.graph.servicePrincipal",
    accountEnabled: or("accountEnabled", true),
    alternativeNames: or("alternativeNames", []),
    appRoleAssignmentRequired: or("appRoleAssignmentRequired", false),
    description: or("description", null),
    loginUrl: or("loginUrl", null),
    notes: or("notes", null),
    notificationEmailAddresses: or("notificationEmailAddresses", []),
    preferredSingleSignOnMode: or("preferredSingleSignOnMode", null),
    samlSingleSignOnSettings: {},
    tags: or("tags", []),
  };
}

/** What the SDK shows of a service principal, as a resource or looked up. */
export function servicePrincipalOutputs(
  principal: Properties,
  beta: Properties,
  owners: readonly string[],
): Properties {
  const text = (name: string) => principal[name] ?? "";
  return {
    objectId: principal["id"],
    clientId: principal["appId"],
    displayName: principal["displayName"],
    accountEnabled: principal["accountEnabled"] ?? true,
    alternativeNames: texts(principal["alternativeNames"]),
    appRoleAssignmentRequired: principal["appRoleAssignmentRequired"] ?? false,
    applicationTenantId: text("appOwnerOrganizationId"),
    description: text("description"),
    homepageUrl: text("homepage"),
    loginUrl: text("loginUrl"),
    logoutUrl: text("logoutUrl"),
    notes: text("notes"),
    notificationEmailAddresses: texts(principal["notificationEmailAddresses"]),
    owners,
    preferredSingleSignOnMode: text("preferredSingleSignOnMode"),
    redirectUris: texts(principal["replyUrls"]),
    samlMetadataUrl: beta["samlMetadataUrl"] ?? "",
    servicePrincipalNames: texts(principal["servicePrincipalNames"]).filter((name) => name !== principal["appId"]),
    signInAudience: text("signInAudience"),
    tags: texts(principal["tags"]),
    type: text("servicePrincipalType"),
    appRoleIds: {},
    oauth2PermissionScopeIds: {},
  };
}
