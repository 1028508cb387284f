import { z } from "zod";
import { type Resource, unknown } from "../resource";
import { expectAt, isWord, listAt, rule, valueAt, type Violation } from "../rule";
import { pool } from "./types";

const url = /^https:\/\/[\w-]+\.vault\.[\w.-]+(?::\d+)?\/secrets\/[\w-]+\/?$/i;
const expected = "https://VAULT.vault.azure.net/secrets/NAME, without a version: nodes follow the newest then";

/** Sources: "Key Vault virtual machine extension for Windows", "… for Linux". */
export const observedCertificate = rule({
  name: "observed-certificate",
  description: "Nodes follow a certificate's new versions, so that it can be rotated.",
  types: [pool],
  settings: z.strictObject({}),
  check: (resource) =>
    listAt(resource, "deploymentConfiguration", "virtualMachineConfiguration", "extensions")
      .filter((path) => isWord(valueAt(resource, ...path, "publisher"), "Microsoft.Azure.KeyVault"))
      .flatMap((path) => listAt(resource, ...path, "settings", "secretsManagementSettings", "observedCertificates"))
      .flatMap((path) => observed(resource, path)),
});

/** An object with a `url`, or the URL itself for old versions of the extension. */
function observed(resource: Resource, path: readonly PropertyKey[]): Violation[] {
  const entry = valueAt(resource, ...path);
  const place = typeof entry === "string" || entry === unknown ? path : [...path, "url"];
  return expectAt(resource, place, (found) => typeof found === "string" && url.test(found), expected);
}
