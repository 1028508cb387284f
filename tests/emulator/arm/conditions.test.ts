import { randomUUID } from "node:crypto";
import { ConditionProblem, readCondition } from "../../../emulator/arm/conditions";
import { TestEmulator } from "../harness";
import { Arm, assign, messageOf, newPrincipal, refusalOf, roles, type Principal } from "./support";

const write = "Microsoft.Authorization/roleAssignments/write";
const type = "Microsoft.Authorization/roleAssignments";
const role = (id: string) => ({ [`${type}:roledefinitionid`.toLowerCase()]: id });

describe("the language of conditions", () => {
  const only = `(!(ActionMatches{'${write}'})) OR (@Request[${type}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {a, b})`;

  test.each([
    [only, { action: write, request: role("A") }, true],
    [only, { action: write, request: role("c") }, false],
    [only, { action: write }, false],
    [only, { action: "Microsoft.Batch/batchAccounts/write" }, true],
    [
      only.replace("GuidEquals", "GuidNotEquals").replace("AnyValues", "AllValues"),
      { action: write, request: role("c") },
      true,
    ],
    [
      only.replace("GuidEquals", "GuidNotEquals").replace("AnyValues", "AllValues"),
      { action: write, request: role("a") },
      false,
    ],
    ["ActionMatches{'x'} AND ActionMatches{'y'} OR ActionMatches{'z'}", { action: "z" }, true],
    ["ActionMatches{'x'} && (ActionMatches{'y'} || ActionMatches{'z'})", { action: "z" }, false],
    ["NOT ActionMatches{'x'}", { action: "z" }, true],
    [`@Resource[${type}:RoleDefinitionId] StringEqualsIgnoreCase 'a'`, { action: "z", resource: role("A") }, true],
    [`@Resource[${type}:RoleDefinitionId] StringEqualsIgnoreCase 'a'`, { action: "z", request: role("A") }, false],
  ])("%s of %o is %s", (text, asked, expected) => {
    expect(readCondition(text)(asked)).toBe(expected);
  });

  test.each([
    "",
    "(ActionMatches{'x'}",
    "ActionMatches{'x'} ActionMatches{'y'}",
    "@Request[a] Like {b}",
    "@User[a] GuidEquals {b}",
  ])("%p is none", (text) => {
    expect(() => readCondition(text)).toThrow(ConditionProblem);
  });
});

describe("a role with a condition", () => {
  let emulator: TestEmulator;
  let owner: Arm;
  let delegate: Principal;
  let group: string;
  const administrator = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";
  const both = (text: string) =>
    [
      ["write", "Request"],
      ["delete", "Resource"],
    ]
      .map(([verb = "", source = ""]) => `((!(ActionMatches{'${type}/${verb}'})) OR (@${source}[${type}:${text}))`)
      .join(" AND ");
  const condition = both(`RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.secretsUser}}`);

  beforeAll(async () => {
    emulator = await TestEmulator.start();
    owner = new Arm(emulator);
    delegate = newPrincipal(emulator);
    group = await owner.group();
    const reply = await assign(owner, group, delegate, administrator, { condition, conditionVersion: "2.0" });
    expect(reply.status).toBe(201);
  });

  afterAll(() => emulator.stop());

  test("lets its holder give and take the roles of the condition, and no others", async () => {
    const arm = new Arm(emulator, delegate);
    const [someone, name] = [newPrincipal(emulator), randomUUID()];
    expect(refusalOf(await assign(arm, group, someone, roles.owner))).toBe("403 AuthorizationFailed");
    expect((await assign(arm, group, someone, roles.secretsUser, { name })).status).toBe(201);
    const path = (id: string) => `${group}/providers/${type}/${id}?api-version=2022-04-01`;
    expect((await arm.send("DELETE", path(name))).status).toBe(200);
    const others = randomUUID();
    expect((await assign(owner, group, someone, roles.contributor, { name: others })).status).toBe(201);
    expect(refusalOf(await arm.send("DELETE", path(others)))).toBe("403 AuthorizationFailed");
  });

  test("is refused where the condition cannot be understood or has no version", async () => {
    const give = (more: Record<string, string>) => assign(owner, group, newPrincipal(emulator), administrator, more);
    const bad = await give({ condition: "whatever", conditionVersion: "2.0" });
    expect([refusalOf(bad), messageOf(bad)]).toEqual(["400 InvalidCondition", expect.stringContaining("whatever")]);
    expect(refusalOf(await give({ condition }))).toBe("400 InvalidConditionVersion");
  });

  test("can be given another condition, and only that", async () => {
    const [someone, name] = [newPrincipal(emulator), randomUUID()];
    const give = (id: string, more: Record<string, string>) => assign(owner, group, someone, id, { name, ...more });
    expect((await give(administrator, {})).status).toBe(201);
    const changed = await give(administrator, { condition, conditionVersion: "2.0" });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ properties: { condition } });
    const other = await give(roles.reader, { condition, conditionVersion: "2.0" });
    expect(refusalOf(other)).toBe("409 RoleAssignmentUpdateNotPermitted");
  });
});
