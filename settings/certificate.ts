import { z } from "zod";
import { documentation } from "./documentation";
import { rule } from "./rules";
import { choice, group, text, wholeNumber } from "./values";

/** Part of a distinguished name (X.520 allows 64 characters), free of those that would have to be escaped in one. */
const distinguishedNamePart = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?$/,
  "1 to 64 letters, digits, blanks, dots, hyphens and underscores, a letter or digit first",
);

const renewsAll =
  "new certificates for all generations at once: nodes cannot sign in from then until they have fetched the new one, an hour at most; Windows nodes must be restarted for another subject";

export const certificate = group({
  commonName: distinguishedNamePart.default("batch-keyvault").register(documentation, {
    what: "Common name of the certificate's subject. Nodes find the certificate by its subject.",
    change: renewsAll,
  }),
  organization: distinguishedNamePart.optional().register(documentation, {
    what: "Organization of the certificate's subject.",
    change: renewsAll,
  }),
  keyBits: choice([2048, 3072, 4096]).default(2048).register(documentation, {
    what: "Length of the RSA key in bits. Entra takes no other kind of key for signing in.",
    change: renewsAll,
  }),
  validityDays: wholeNumber(1, 1095).default(365).register(documentation, {
    what: "How long Entra takes a certificate, in days. The certificate itself is made for longer, so that nothing renews it by the clock. An app management policy of the tenant may allow less (`asymmetricKeyLifetime`) or forbid self-signed certificates (`trustedCertificateAuthority`); by default a tenant has none, and neither this check nor the emulator can know.",
    change: "the credentials of all generations are registered anew with the new end; keys and certificates stay",
  }),
  generation: wholeNumber(1).default(1).register(documentation, {
    what: "Raising it is the rotation: a new key and certificate, beside the previous ones.",
    change: "a new key, certificate and credential; nodes fetch the certificate within an hour, without a restart",
  }),
  keepPrevious: wholeNumber(0, 4).default(1).register(documentation, {
    what: "Earlier generations whose credentials stay registered, for nodes that have not fetched the newest certificate yet.",
    change: "credentials of earlier generations come or go",
  }),
  revoke: z.array(wholeNumber(1), { error: "a list of generations" }).default([]).register(documentation, {
    what: "Generations whose key got into wrong hands: they are cut off at once, even within `keepPrevious`. To cut off the newest, raise `generation` in the same change. Leave the list as it is afterwards.",
    default: "none",
    change:
      "their credentials go; the newest certificate is published in another secret, the old one is deleted with all its versions, and the pools that observe it are replaced, each new one beside the old one",
  }),
  pollingMinutes: wholeNumber(5, 60).default(60).register(documentation, {
    what: "Minutes after which the extension on a Linux node looks for a newer certificate. On Windows version 4 looks every hour. Wait that long between two raises of `generation`.",
    change: "replaces the Linux pools, each new one beside the old one",
  }),
  warnBeforeDays: wholeNumber(0).default(45).register(documentation, {
    what: "Days before the newest certificate's end from which previews and updates warn. Fewer than `validityDays`. After the end they fail until `generation` is raised.",
    change: "nothing but the warning",
  }),
  delivery: choice(["keyVaultExtension", "batchAccount"]).default("keyVaultExtension").register(documentation, {
    what: "How nodes get the certificate: by the Key Vault VM extension, or as a certificate of the Batch account, which Azure retired on 2024-02-29 and refuses since.",
    change: "replaces the pools, each new one beside the old one",
  }),
}).check(
  rule(["validityDays", "warnBeforeDays"], ({ validityDays, warnBeforeDays }) =>
    warnBeforeDays < validityDays
      ? []
      : [
          {
            path: ["warnBeforeDays"],
            found: warnBeforeDays,
            expected: `fewer days than validityDays, which is ${validityDays}`,
          },
        ],
  ),
  rule(["generation", "revoke"], ({ generation, revoke }) =>
    revoke.flatMap((revoked, index) =>
      revoked < generation
        ? []
        : [
            {
              path: ["revoke", index],
              expected: `a generation before ${generation}, which is in use: raise generation in the same change to cut it off`,
            },
          ],
    ),
  ),
);
