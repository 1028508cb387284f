import { z } from "zod";
import { expectAt, isWord, listAt, rule } from "../rule";
import { selfSignedCertificate } from "./types";

/** Source: "Key Vault virtual machine extension for Windows". */
export const certificateUse = rule({
  name: "certificate-use",
  description:
    "A self-signed certificate is not for servers: the Key Vault extension on Windows would check its chain, and refuse it.",
  types: [selfSignedCertificate],
  settings: z.strictObject({}),
  check: (resource) =>
    listAt(resource, "allowedUses").flatMap((path) =>
      expectAt(resource, path, (use) => !isWord(use, "server_auth"), "client_auth or digital_signature"),
    ),
});
