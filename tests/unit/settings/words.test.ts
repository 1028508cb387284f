import { identifierUri } from "../../../settings/identifierUri";
import { nearest } from "../../../settings/nearest";
import { virtualMachineSize } from "../../../settings/virtualMachineSizes";

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

test("a text that is far too long for a word is none", () => {
  expect(nearest("n".repeat(1_000_000), ["name"])).toBeUndefined();
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
