import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessPolicy, vault } from "../../../policy/rules/types";
import { policy } from "../../../policy/state/command";
import { temporaryFolder } from "../../temporaryFolder";
import { runTool } from "../tools/surroundings";

const folder = temporaryFolder();

const resource = (type: string, name: string, inputs: unknown, others: object = {}) => ({
  urn: `urn:pulumi:prod::batch-keyvault::batch-keyvault:index:KeyVaultAccess$${type}::${name}`,
  ...{ type, inputs, ...others },
});
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
const tags = { environment: "prod", publicAccess: "tests" };

const good = [
  resource("pulumi:pulumi:Stack", "batch-keyvault-prod", undefined),
  resource(vault, "vault", { tags, properties: { enablePurgeProtection: true } }),
  resource(accessPolicy, "application", { policy: { permissions: { secrets: ["get"] } } }),
];
const writes = { policy: { permissions: { secrets: ["get", "set"] } } };

function check(resources: readonly unknown[], args: readonly string[] = []) {
  const stdin = JSON.stringify({ version: 3, deployment: { resources } });
  return runTool(policy, ["--state", "-", ...args], { repository: folder, stdin });
}

function configuration(text: string): string[] {
  const file = join(folder, "policies.json");
  writeFileSync(file, text);
  return ["--config", file];
}

describe("an exported state", () => {
  test("that keeps to all policies", async () => {
    expect(await check(good)).toEqual({ code: 0, stderr: "", stdout: "violations: 0, mandatory: 0\n" });
  });

  test("with a right that goes too far, from a file", async () => {
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify({ deployment: { resources: [...good, resource(accessPolicy, "x", writes)] } }));
    const { code, stdout } = await runTool(policy, ["--state", file], { repository: folder });
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        `[mandatory] secret-rights  (${accessPolicy}: x)`,
        '  policy.permissions.secrets[1]: found "set", expected one of get, list',
        "violations: 1, mandatory: 1\n",
      ].join("\n"),
    );
  });

  test("what is only waiting to be deleted, and what is secret, does not count", async () => {
    const { code } = await check([
      resource(accessPolicy, "old", writes, { delete: true }),
      resource(vault, "vault", { tags, properties: { enablePurgeProtection: secret, enableSoftDelete: secret } }),
    ]);
    expect(code).toBe(0);
  });

  test("levels and settings are those of --policy-pack-config", async () => {
    const bad = [resource(accessPolicy, "x", writes), resource(vault, "vault", { properties: {} })];
    const named = (text: string) => check(bad, configuration(text));
    expect((await check(bad)).stdout).toContain("violations: 4, mandatory: 4");
    expect(await named('{ "all": "advisory" }')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("violations: 4, mandatory: 0") as string,
    });
    expect((await named('{ "all": "advisory", "tags": "mandatory" }')).stdout).toContain("violations: 4, mandatory: 1");
    const settings = { exceptions: [{ resource: "x", right: "keep", reason: "tests" }] };
    const { stdout } = await named(
      JSON.stringify({
        "secret-rights": settings,
        "public-access": "disabled",
        tags: { enforcementLevel: "advisory" },
      }),
    );
    expect(stdout).toContain("[advisory] tags");
    expect(stdout).toContain("violations: 2, mandatory: 1");
  });

  test.each([
    ['{ "tag": "advisory" }', "tag: found no such policy, expected tags"],
    ['{ "tags": "sometimes" }', "tags: "],
    ['{ "tags": { "require": [] } }', "settings of policy tags: "],
    [
      '{ "secret-rights": { "exceptions": [{ "resource": "x", "right": "keep", "reason": "" }] } }',
      "expected a reason",
    ],
    ["{", "--config: "],
  ])("a wrong configuration, %s, is refused", async (text, message) => {
    const { code, stderr } = await check(good, configuration(text));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  test.each([
    [[], "", "--state: found none"],
    [["--state", "-"], "[]", "found no deployment.resources"],
    [["--state", "none.json"], "", "--state: ENOENT"],
  ])("without a state, %j, it says so", async (args, stdin, message) => {
    const { code, stderr } = await runTool(policy, args, { repository: folder, stdin });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
