import type { Alias, ResourceTransformationArgs } from "@pulumi/pulumi";
import { withoutApiVersions } from "../../../components/apiVersionAliases";

const versioned = { type: "azure-native:batch/v20240701:Pool" };
const preview = { type: "azure-native:keyvault/v20211101preview:Vault" };
const others: Alias[] = [
  { type: "azure-native:batch:OtherPool" },
  { name: "before", type: "azure-native:batch/v20240701:Pool" },
  { name: "before" },
];

function aliasesAfter(type: string, aliases: ResourceTransformationArgs["opts"]["aliases"]) {
  const props = {};
  return withoutApiVersions({ resource: {} as never, type, name: "one", props, opts: { aliases, protect: true } });
}

test("takes the aliases for other API versions, and leaves all other aliases and options", () => {
  expect(
    aliasesAfter("azure-native:batch:Pool", [versioned, ...others, preview, "urn:pulumi:a::b::azure-native::c"]),
  ).toEqual({ props: {}, opts: { aliases: [...others, "urn:pulumi:a::b::azure-native::c"], protect: true } });
});

test("leaves resources of other providers, and those without aliases, as they are", () => {
  expect(aliasesAfter("azuread:index/application:Application", [versioned])).toBeUndefined();
  expect(aliasesAfter("azure-native:batch:Pool", undefined)).toBeUndefined();
});
