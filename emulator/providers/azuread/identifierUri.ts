import type { Locks } from "../wire/locks";
import type { ResourceKind } from "../wire/provider";
import { texts, type Graph } from "./graph";
import { inputFailures } from "./kinds";

const names = ["applicationId", "identifierUri"];
const idPattern = /^(\/applications\/[^/]+)\/identifierUris\/(.+)$/;

/** `azuread.ApplicationIdentifierUri`: one entry of an application's list. */
export function identifierUriKind(graph: Graph, locks: Locks): ResourceKind {
  const urisOf = async (application: string) => texts((await graph.get(application))["identifierUris"]);

  return {
    check: ({ inputs }) => ({ inputs, failures: inputFailures(inputs, names, names) }),
    replaces: () => true,
    preview: (inputs) => inputs,

    create: (inputs) => {
      const [application, uri] = [String(inputs["applicationId"]), String(inputs["identifierUri"])];
      return locks.run(application, async () => {
        const uris = await urisOf(application);
        if (uris.includes(uri)) throw new Error(`the identifier URI ${uri} of ${application} exists already`);
        await graph.patch(application, { identifierUris: [...uris, uri] });
        return { id: `${application}/identifierUris/${Buffer.from(uri).toString("base64")}`, outputs: inputs };
      });
    },

    read: async (id) => {
      const [application, uri] = partsOf(id);
      if (!(await urisOf(application)).includes(uri)) return undefined;
      const state = { applicationId: application, identifierUri: uri };
      return { inputs: state, outputs: state };
    },

    delete: (id) => {
      const [application, uri] = partsOf(id);
      return locks.run(application, async () => {
        const uris = await urisOf(application);
        await graph.patch(application, { identifierUris: uris.filter((known) => known !== uri) });
      });
    },
  };
}

function partsOf(id: string): [application: string, uri: string] {
  const [, application, encoded] = idPattern.exec(id) ?? [];
  if (application === undefined || encoded === undefined)
    throw new Error(`the id is ${id}, expected /applications/…/identifierUris/…`);
  return [application, Buffer.from(encoded, "base64").toString("utf8")];
}
