import { identifierUri } from "../../../settings/identifierUri";
import { nearest } from "../../../settings/nearest";
import { retirementOf, virtualMachineSize } from "../../../settings/virtualMachineSizes";

test.each<[string, string | undefined]>([
  ["naem", "name"],
  ["Pools", "pools"],
  ["taskslots", undefined],
  ["x", undefined],
])("the known key nearest to %s is %s", (word, expected) => {
  expect(nearest(word, ["name", "pools", "taskSlotsPerNode", "vmSize"])).toBe(expected);
});

test("nothing is near where nothing is known", () => {
  expect(nearest("a", [])).toBeUndefined();
});

test.each<[string, string | undefined]>([
  ["Standard_D2s_v5", undefined],
  ["Standard_D2ads_v5", undefined],
  ["Standard_D2s_v3", undefined],
  ["Standard_D2_v2", "2028-05-01"],
  ["Standard_DS2_v2", "2028-05-01"],
  ["Standard_D11", "2028-05-01"],
  ["Standard_L8s", "2028-05-01"],
  ["Standard_L8s_v2", "2028-11-15"],
  ["Standard_L8s_v3", undefined],
  ["Standard_F4s_v2", "2028-11-15"],
  ["Standard_FX4mds", undefined],
  ["Standard_F4", "2028-11-15"],
  ["Standard_A2m_v2", "2028-11-15"],
  ["Standard_B2ms", "2028-11-15"],
  ["Standard_B2s_v2", undefined],
  ["Standard_E4-2ds_v5", undefined],
  ["Standard_NC4as_T4_v3", undefined],
])("the family of %s retires on %s", (size, expected) => {
  expect(retirementOf(size)).toBe(expected);
});

test.each([
  ["Standard_D2s_v5", true],
  ["Standard_NC24ads_A100_v4", true],
  ["Standard_ND96isr_MI300X_v5", true],
  ["Standard_M416s_8_v2", true],
  ["D2s_v5", false],
  ["Standard_D2s-v5", false],
  ["Standard_D2s_v", false],
])("%s is a VM size: %s", (size, expected) => {
  expect(virtualMachineSize.safeParse(size).success).toBe(expected);
});

const guid = "0a1b2c3d-0000-4000-8000-0123456789ab";

test.each([
  "api://{clientId}",
  `api://${guid}`,
  `api://${guid}/batch`,
  "api://{tenantId}/{clientId}",
  "api://batch/{clientId}",
  "https://contoso.onmicrosoft.com/batch",
  "https://batch.contoso.com",
])("Entra may accept the identifier URI %s", (uri) => {
  expect(identifierUri.safeParse(uri).success).toBe(true);
});

test.each([
  "api://batch",
  "api://batch/access",
  "api://{clientId}/a/b",
  "api://{tenantId}",
  "api://{clientId}/",
  "https://batch.contoso.com/",
  "https://localhost",
  "http://contoso.com",
  "urn:batch",
  `https://contoso.com/${"x".repeat(255)}`,
])("Entra refuses the identifier URI %s", (uri) => {
  expect(identifierUri.safeParse(uri).success).toBe(false);
});
