import { documentation } from "./documentation";
import { identifierUri } from "./identifierUri";
import { group, text } from "./values";

export const application = group({
  displayName: text(
    /^[^\s<>&%;](?:[^\r\n<>&%;]{0,118}[^\s<>&%;])?$/,
    "1 to 120 characters without < > & % ;, blank neither first nor last",
  )
    .default("Batch Key Vault Access")
    .register(documentation, { what: "Name of the Entra application.", change: "in place" }),
  homepageUrl: text(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, "a URL that starts with https:// or http://")
    .optional()
    .register(documentation, { what: "A link shown in Entra.", change: "in place" }),
  identifierUri: identifierUri.optional().register(documentation, {
    what: "Only for others that ask for tokens for this application; signing in as it needs none. `{clientId}` and `{tenantId}` stand for its own.",
    change: "in place",
  }),
});
