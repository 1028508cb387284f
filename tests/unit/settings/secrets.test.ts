import { readSettings } from "../../../settings";
import { configOf, problemsOf } from "./config";

const pool = { name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } };
const secret = { name: "password", generate: { length: 20 } };
const secrets = (...list: unknown[]) => ({ vault: { secrets: list } });

describe("secrets", () => {
  const withValue = configOf(secrets({ name: "a", value: "hunter2" }));

  test("a value given as a secret is taken", () => {
    expect(readSettings(withValue, { isSecret: (key) => key === "batch-keyvault:vault" }).vault.secrets).toEqual([
      { name: "a", value: "hunter2" },
    ]);
  });

  test("a value in clear is refused with the command that makes it one, and not printed", () => {
    const problems = problemsOf(withValue, { isSecret: () => false });
    expect(problems).toEqual([
      "vault.secrets[0].value: found a value in clear, expected a secure one: pulumi config set --secret --path 'batch-keyvault:vault.secrets[0].value'",
    ]);
  });

  test("a secure value of a file counts as a secret", () => {
    expect(problemsOf(configOf(secrets({ name: "a", value: { secure: "v1:x" } })), { isSecret: () => false })).toEqual(
      [],
    );
  });

  test("nothing else may be a secret", () => {
    expect(problemsOf(configOf({ pools: [pool] }), { isSecret: (key) => key === "batch-keyvault:pools" })).toEqual([
      "pools: found a secret, expected plain configuration: secrets belong in vault.secrets",
    ]);
  });

  test.each<[string, object]>([
    ["value of a wrong kind", secrets({ name: "a", value: ["hunter2"] })],
    ["misspelt key", secrets({ name: "a", vaule: "hunter2" })],
    ["text for a secret", secrets("hunter2")],
    ["text for the list", { vault: { secrets: "hunter2" } }],
    ["text for the vault", { vault: "hunter2" }],
    ["both kinds", secrets({ ...secret, value: "hunter2" })],
  ])("no message prints one: %s", (_, values) => {
    const problems = problemsOf(configOf({ ...values }));
    expect(problems).not.toEqual([]);
    expect(problems.join("\n")).not.toContain("hunter2");
  });
});
