import { randomUUID } from "node:crypto";
import type { Locks } from "../wire/locks";
import type { ResourceKind } from "../wire/provider";
import { isProperties, type Properties } from "../wire/values";
import type { Graph } from "./graph";
import { inputFailures, previewWith, stateAfter } from "./kinds";

const names = ["applicationId", "encoding", "endDate", "keyId", "startDate", "type", "value"];

/**
 * `azuread.ApplicationCertificate`: one of an application's key credentials, added to and taken from the list of all. The
 * official provider reads it five times, seconds apart, before it believes the directory; this one answers at once, so
 * that one reading is enough.
 */
export function applicationCertificateKind(graph: Graph, locks: Locks): ResourceKind {
  const credentialsOf = async (application: string): Promise<Properties[]> => {
    const { keyCredentials } = await graph.get(application);
    return Array.isArray(keyCredentials) ? keyCredentials.filter(isProperties) : [];
  };
  const change = async (application: string, keyCredentials: readonly Properties[]) => {
    await graph.patch(application, { id: application.split("/").at(-1), keyCredentials });
    return credentialsOf(application);
  };

  return {
    secretOutputs: ["value"],
    check: ({ inputs }) => ({ inputs, failures: inputFailures(inputs, names, ["applicationId", "value"]) }),
    // The directory keeps whole seconds: a time with a fraction differs from what it keeps, and replaces at every update.
    comparable: ({ inputs, outputs }) => ({ ...inputs, ...datesIn(inputs, outputs) }),
    replaces: () => true,
    preview: previewWith(["keyId", "startDate", "endDate", "type"]),

    create: (inputs) => {
      const application = String(inputs["applicationId"]);
      return locks.run(application, async () => {
        const existing = await credentialsOf(application);
        const keyId = typeof inputs["keyId"] === "string" ? inputs["keyId"] : randomUUID();
        if (existing.some((credential) => credential["keyId"] === keyId)) {
          throw new Error(`the key credential ${keyId} of ${application} exists already`);
        }
        const credential = {
          keyId,
          type: inputs["type"] ?? "AsymmetricX509Cert",
          usage: "Verify",
          key: Buffer.from(pemText(inputs)).toString("base64"),
          ...wholeSeconds("startDateTime", inputs["startDate"]),
          ...wholeSeconds("endDateTime", inputs["endDate"]),
        };
        const [added] = (await change(application, [...existing, credential])).filter(
          (known) => known["keyId"] === keyId,
        );
        if (!added) throw new Error(`the key credential ${keyId} of ${application} was not kept`);
        return {
          id: `${application.replace("/applications/", "")}/certificate/${keyId}`,
          outputs: { encoding: "pem", ...inputs, ...shown(added) },
        };
      });
    },

    read: async (id, state) => {
      const [objectId = "", keyId] = id.split("/certificate/");
      const application = `/applications/${objectId}`;
      // An application that is gone is an error here and not a missing credential, as in the official provider.
      const credential = (await credentialsOf(application)).find((known) => known["keyId"] === keyId);
      if (!credential) return undefined;
      const outputs = { encoding: "pem", ...state.outputs, applicationId: application, ...shown(credential) };
      // Times that were given with a fraction have not drifted because the directory keeps seconds.
      return stateAfter(state, outputs, names);
    },

    delete: (id) => {
      const [objectId = "", keyId] = id.split("/certificate/");
      const application = `/applications/${objectId}`;
      return locks.run(application, async () => {
        const existing = await credentialsOf(application);
        await change(
          application,
          existing.filter((credential) => credential["keyId"] !== keyId),
        );
      });
    },
  };
}

function shown(credential: Properties): Properties {
  const { keyId, type, startDateTime, endDateTime } = credential;
  return { keyId, type, startDate: startDateTime, endDate: endDateTime };
}

function datesIn(inputs: Properties, outputs: Properties): Properties {
  const given = ["startDate", "endDate"].filter((name) => inputs[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, outputs[name]]));
}

function wholeSeconds(name: string, time: unknown): Properties {
  if (typeof time !== "string") return {};
  return { [name]: new Date(time).toISOString().replace(/\.\d+Z$/, "Z") };
}

/** The certificate's PEM text, whichever way it is given. */
function pemText(inputs: Properties): string {
  const value = String(inputs["value"]);
  const encoding = inputs["encoding"] ?? "pem";
  if (encoding === "pem") return value;
  const der = Buffer.from(value, encoding === "hex" ? "hex" : "base64").toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
}
