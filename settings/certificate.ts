import { z } from "zod";
import { documentation } from "./documentation";
import { keySizes, longestValidityDays } from "./limits";
import { rule } from "./rules";
import { choice, group, text, wholeNumber } from "./values";

/** Part of a distinguished name (X.520 allows 64 characters), free of those that would have to be escaped in one. */
const distinguishedNamePart = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?$/,
  "1 to 64 letters, digits, blanks, dots, hyphens and underscores, a letter or digit first",
);

const forNewOnes =
  "refused unless `generation` is raised in the same change: it counts for generations that are made from then on";
const anotherSubject = `${forNewOnes}; tasks that ask for the new subject find no certificate on a node until it has fetched the new one; Windows nodes must be restarted`;

export const certificate = group({
  commonName: distinguishedNamePart.default("batch-keyvault").register(documentation, {
    what: "Common name of the certificate's subject. Nodes find the certificate by its subject.",
    change: anotherSubject,
  }),
  organization: distinguishedNamePart.optional().register(documentation, {
    what: "Organization of the certificate's subject.",
    change: anotherSubject,
  }),
  keyBits: choice(keySizes).default(2048).register(documentation, {
    what: "Length of the RSA key in bits. Entra takes no other kind of key for signing in.",
    change: forNewOnes,
  }),
  validityDays: wholeNumber(1, longestValidityDays).default(365).register(documentation, {
    what: "How long Entra takes a certificate, in days. The certificate itself is made for longer, so that nothing renews it by the clock. An app management policy of the tenant may allow less (`asymmetricKeyLifetime`) or forbid self-signed certificates (`trustedCertificateAuthority`); by default a tenant has none, and this check cannot know.",
    change: forNewOnes,
  }),
  generation: wholeNumber(1).default(1).register(documentation, {
    what: "Raising it is the rotation: a new key and certificate, beside the previous ones. Raise it by one, and not again before all nodes have looked for it (see `pollingMinutes`).",
    change:
      "a new key, certificate and credential; nodes fetch the certificate without a restart. Lowering it is refused, and so is raising it beyond what `keepPrevious` bridges",
  }),
  keepPrevious: wholeNumber(0, 3).default(1).register(documentation, {
    what: "Earlier generations whose credentials stay registered, for nodes that have not fetched the newest certificate yet. With 0 each rotation keeps nodes from reading until they have, and gives a warning.",
    change: "credentials of earlier generations come or go; one that is gone comes with a new key, which no node has",
  }),
  revoke: z.array(wholeNumber(1), { error: "a list of generations" }).default([]).register(documentation, {
    what: "Generations whose key got into wrong hands: they are cut off at once, even within `keepPrevious`. To cut off the newest, raise `generation` in the same change. Leave it there, and add the next one. Not with `delivery: batchAccount`.",
    default: "none",
    change:
      "the newest certificate is published in another secret, and the pools that observe it are replaced, each new one beside the old one; then the credentials go, the old secret with all its versions, and the old pools. Taking the latest away is refused",
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
  rule(["revoke"], ({ revoke }) =>
    revoke.flatMap((revoked, index) =>
      revoke.indexOf(revoked) < index
        ? [{ path: ["revoke", index], expected: `another generation: revoke[${revoke.indexOf(revoked)}] has it` }]
        : [],
    ),
  ),
  rule(["revoke", "delivery"], ({ revoke, delivery }) =>
    delivery === "batchAccount" && revoke.length > 0
      ? [
          {
            path: ["revoke"],
            expected:
              "none with delivery: batchAccount, where Azure takes no other certificate in its place: change to delivery: keyVaultExtension at the same time",
          },
        ]
      : [],
  ),
);
