import { randomUUID } from "node:crypto";
import type { Locks } from "../wire/locks";
import type { ResourceKind } from "../wire/provider";
import type { Properties } from "../wire/values";
import { applicationBody, applicationInputs, applicationOutputs } from "./applicationShape";
import { directoryObject, equals, texts, type Graph } from "./graph";
import { inputFailures, previewWith, sameSet, stateAfter } from "./kinds";

/** So many owners can be given with the application itself. */
const mostOwnersAtOnce = 20;

/** Id of an application in Pulumi and its path in Graph. */
export function applicationId(objectId: unknown): string {
  return `/applications/${String(objectId)}`;
}

/** `azuread.Application`: the official provider's requests, without the waits for a directory that replicates. */
export function applicationKind(graph: Graph, locks: Locks): ResourceKind {
  const outputsOf = async (id: string, application: Properties, inputs: Properties): Promise<Properties> => {
    const beta = (await graph.find(`${id}?$select=oauth2RequirePostResponse`, "beta")) ?? {};
    const outputs = applicationOutputs(application, beta, await graph.owners(id));
    return { ...outputs, preventDuplicateNames: inputs["preventDuplicateNames"] ?? false };
  };

  return {
    check: ({ inputs }) => ({ inputs, failures: inputFailures(inputs, applicationInputs, ["displayName"]) }),
    same: sameSet,
    replaces: () => false,
    preview: previewWith([
      "objectId",
      "clientId",
      "publisherDomain",
      "logoUrl",
      "disabledByMicrosoft",
      "appRoleIds",
      "oauth2PermissionScopeIds",
    ]),

    create: async (inputs) => {
      const displayName = String(inputs["displayName"]);
      if (inputs["preventDuplicateNames"] === true) await requireNewName(graph, displayName);
      const { objectId: caller } = await graph.client.caller();
      const owners = [...new Set([caller, ...texts(inputs["owners"])])];
      const created = await graph.post("/applications", {
        ...applicationBody(inputs),
        identifierUris: texts(inputs["identifierUris"]),
        "owners@odata.bind": owners.slice(0, mostOwnersAtOnce).map(directoryObject),
      });
      const id = applicationId(created["id"]);
      // The official provider's probe of replication: a name of its own, then the real one.
      await graph.patch(id, { displayName: `TERRAFORM_UPDATE_${randomUUID()}` });
      await graph.patch(id, { displayName });
      if (inputs["oauth2PostResponseRequired"] !== undefined) await requirePostResponse(graph, id, inputs);
      for (const owner of owners.slice(mostOwnersAtOnce)) {
        await graph.post(`${id}/owners/$ref`, { "@odata.id": directoryObject(owner) });
      }
      // The caller owns what it makes only while it is made, unless the program says otherwise.
      if (!texts(inputs["owners"]).includes(caller)) await graph.delete(`${id}/owners/${caller}/$ref`);
      return { id, outputs: await outputsOf(id, await graph.get(id), inputs) };
    },

    read: async (id, state) => {
      const application = await graph.find(id);
      if (!application) return undefined;
      const outputs = await outputsOf(id, application, state.inputs ?? {});
      return stateAfter(state, outputs, applicationInputs, applicationOutputs({}, {}, []));
    },

    update: (id, inputs, state) =>
      locks.run(id, async () => {
        const uris = texts(inputs["identifierUris"]);
        const changesUris = !sameSet([], texts(state.inputs["identifierUris"]), uris);
        await graph.patch(id, { ...applicationBody(inputs), ...(changesUris ? { identifierUris: uris } : {}) });
        if (inputs["oauth2PostResponseRequired"] !== state.inputs["oauth2PostResponseRequired"])
          await requirePostResponse(graph, id, inputs);
        if (inputs["owners"] !== undefined) await graph.changeOwners(id, texts(inputs["owners"]));
        return outputsOf(id, await graph.get(id), inputs);
      }),

    delete: (id) => graph.delete(id),
  };
}

function requirePostResponse(graph: Graph, id: string, inputs: Properties): Promise<void> {
  return graph.patch(id, { oauth2RequirePostResponse: inputs["oauth2PostResponseRequired"] ?? false }, "beta");
}

async function requireNewName(graph: Graph, displayName: string): Promise<void> {
  const [existing] = await graph.list(`/applications?${equals("displayName", displayName)}`);
  if (existing)
    throw new Error(`an application called ${displayName} exists already: ${applicationId(existing["id"])}`);
}
