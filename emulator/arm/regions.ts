import { Refusal } from "../server/exchange";

/** Azure's public regions: the name that requests carry and the one that people read. */
export const regions: readonly { readonly name: string; readonly displayName: string }[] = [
  "Australia East",
  "Australia Southeast",
  "Austria East",
  "Belgium Central",
  "Brazil South",
  "Canada Central",
  "Canada East",
  "Central India",
  "Central US",
  "Chile Central",
  "East Asia",
  "East US",
  "East US 2",
  "France Central",
  "Germany West Central",
  "Indonesia Central",
  "Israel Central",
  "Italy North",
  "Japan East",
  "Japan West",
  "Korea Central",
  "Korea South",
  "Malaysia West",
  "Mexico Central",
  "New Zealand North",
  "North Central US",
  "North Europe",
  "Norway East",
  "Poland Central",
  "Qatar Central",
  "South Africa North",
  "South Central US",
  "South India",
  "Southeast Asia",
  "Spain Central",
  "Sweden Central",
  "Switzerland North",
  "UAE North",
  "UK South",
  "UK West",
  "West Central US",
  "West Europe",
  "West India",
  "West US",
  "West US 2",
  "West US 3",
].map((displayName) => ({ name: normalLocation(displayName), displayName }));

/** Azure takes `West Europe` for `westeurope`. */
export function normalLocation(location: string): string {
  return location.replaceAll(" ", "").toLowerCase();
}

/** @throws {Refusal} 400 `code` where Azure has no such region */
export function requireRegion(location: string, what: string, code = "LocationNotAvailableForResourceType"): string {
  const name = normalLocation(location);
  if (regions.some((region) => region.name === name)) return name;
  throw new Refusal(
    400,
    code,
    `The provided location '${location}' is not available for ${what}. ` +
      `List of available regions is '${regions.map((region) => region.name).join(",")}'.`,
  );
}
