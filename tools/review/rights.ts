import { findBuiltInRole } from "../../emulator/arm/builtInRoles";
import { changeOf, kindOf } from "./changes";
import { isObject, type Preview, type ResourceState, type Step } from "./preview";
import { Principals } from "./principals";
import { unknown, valueAt } from "./values";

/** A right that is given, taken or changed. */
export interface RightReview {
  readonly change: "given" | "changed" | "taken";
  /** Of the access policy or role assignment in the program. */
  readonly name: string;
  readonly right: string;
  /** What it was, where that is another one. */
  readonly before?: string | undefined;
}

/** @returns who may do what on what, in words */
type Describe = (state: ResourceState, step: Step, told: Told) => string;

/** What the preview tells besides the right itself. */
interface Told {
  readonly steps: ReadonlyMap<string, Step>;
  readonly principals: Principals;
}

const descriptions: readonly (readonly [type: RegExp, describe: Describe])[] = [
  [/^azure-native:keyvault(?:\/\w+)?:AccessPolicy$/, policy],
  [/^azure-native:authorization(?:\/\w+)?:RoleAssignment$/, role],
  // Whatever else gives somebody rights is told by its name alone.
  [
    /:(?:\w*RoleAssignment|RoleDefinition|\w*FederatedIdentityCredential|Application(?:Password|Owner)|DirectoryRole\w*|\w*PermissionGrant|GroupMember)$/,
    (_state, { type, name }) => `${kindOf(type)} ${name}, see below`,
  ],
];
const vault = /^azure-native:keyvault(?:\/\w+)?:Vault$/;
const batchAccount = /^azure-native:batch(?:\/\w+)?:BatchAccount$/;

/** Rights that change, those that are given first. */
export function rightsIn(preview: Preview): readonly RightReview[] {
  const told = {
    steps: new Map(preview.steps.map((step) => [step.urn, step])),
    principals: new Principals(preview),
  };
  const found = preview.steps.flatMap((step) => {
    if (vault.test(step.type))
      return [...switchedModel(step), ...differences(step, (state) => ownPolicies(state, told))];
    if (batchAccount.test(step.type)) return differences(step, keysOf);
    const describe = descriptions.find(([type]) => type.test(step.type))?.[1];
    return describe ? rightOf(step, (state) => describe(state, step, told)) : [];
  });
  const order: readonly RightReview["change"][] = ["given", "changed", "taken"];
  return [...found].sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || (a.name < b.name ? -1 : 1));
}

function rightOf(step: Step, describe: (state: ResourceState) => string): readonly RightReview[] {
  const { name } = step;
  const [before, after] = [step.before, step.after].map((state) => state && describe(state));
  switch (changeOf(step)) {
    case "create":
      return [{ change: "given", name, right: after ?? "" }];
    case "delete":
      return [{ change: "taken", name, right: before ?? "" }];
    case "update":
    case "replace":
      return [{ change: "changed", name, right: after ?? "", before: before === after ? undefined : before }];
    case undefined:
      return [];
  }
}

/** A vault as such gives nobody a right; switching its model changes whose count. */
function switchedModel({ name, before, after }: Step): readonly RightReview[] {
  if (!before || !after) return [];
  const [was, is] = [before, after].map(({ inputs }) =>
    valueAt(inputs, "properties.enableRbacAuthorization") === true ? "Azure roles" : "access policies",
  );
  if (was === is) return [];
  const right = `${String(is)} count on ${vaultText(after.inputs["vaultName"])}`;
  return [{ change: "changed", name, right, before: `${String(was)} did` }];
}

/** For what has several rights within it: those that it did not have before are given, those that it has no more are taken. */
function differences(step: Step, rightsOf: (state: ResourceState) => readonly string[]): readonly RightReview[] {
  if (changeOf(step) === undefined) return [];
  const { name } = step;
  const [before = [], after = []] = [step.before, step.after].map((state) => (state ? rightsOf(state) : []));
  return [
    ...after.filter((right) => !before.includes(right)).map((right) => ({ change: "given" as const, name, right })),
    ...before.filter((right) => !after.includes(right)).map((right) => ({ change: "taken" as const, name, right })),
  ];
}

/** Access policies in the vault's own properties. */
function ownPolicies({ inputs }: ResourceState, { principals }: Told): readonly string[] {
  const where = `on all of ${vaultText(inputs["vaultName"])}`;
  const list = inputs["properties"] === unknown ? unknown : valueAt(inputs, "properties.accessPolicies");
  if (list === unknown) return [`what is not known yet ${where}`];
  return (Array.isArray(list) ? list : []).map((each: unknown) => {
    if (!isObject(each)) return `what is not known yet ${where}`;
    return `${permissionsText(each["permissions"])} ${where} to ${principals.name(each["objectId"], undefined)}`;
  });
}

/** Ways into a Batch account beside Entra, by which nobody is told from another. Azure allows all where none is named. */
function keysOf({ inputs }: ResourceState): readonly string[] {
  const given = inputs["allowedAuthenticationModes"];
  const unnamed = given === unknown ? [unknown] : ["SharedKey", "AAD", "TaskAuthenticationToken"];
  const modes = Array.isArray(given) ? given.map(String) : unnamed;
  const name = inputs["accountName"];
  const account = typeof name === "string" && name !== unknown ? `Batch account ${name}` : "a new Batch account";
  return modes
    .filter((mode) => mode !== "AAD")
    .map((mode) => `${mode === unknown ? "sign-in that is not known yet" : `sign-in by ${mode}`} on ${account}`);
}

function policy({ inputs, parent }: ResourceState, _step: Step, { steps, principals }: Told): string {
  const who = principals.name(valueAt(inputs, "policy.objectId"), steps.get(parent ?? ""));
  return `${permissionsText(valueAt(inputs, "policy.permissions"))} on all of ${vaultText(inputs["vaultName"])} to ${who}`;
}

function permissionsText(permissions: unknown): string {
  if (permissions === unknown) return "what is not known yet";
  return Object.entries(isObject(permissions) ? permissions : {})
    .map(([kind, names]) => `${kind} ${Array.isArray(names) ? names.join(", ") : String(names)}`)
    .join("; ");
}

function role({ inputs, parent }: ResourceState, { name }: Step, { steps, principals }: Told): string {
  const access = steps.get(parent ?? "");
  const asked = (access?.after ?? access?.before)?.inputs ?? {};
  const [id, scope] = [String(inputs["roleDefinitionId"]), String(inputs["scope"])];
  // A role's id has the subscription of the vault in it, and its scope the vault: neither is known before there is one.
  const what = id === unknown ? `a role for ${String(asked["right"])}` : (findBuiltInRole(id)?.name ?? id);
  const secrets = Array.isArray(asked["secretNames"]) ? asked["secretNames"].map(String) : [];
  const own = secrets.filter((secret) => name.endsWith(`-${secret}`)).map((secret) => `secret ${secret} of `);
  const where =
    scope === unknown
      ? `${own.join("")}${vaultText(unknown)}`
      : scope.replace(/^.*\/vaults\/([^/]+)(?:\/secrets\/(.+))?$/, (_all, vaultName: string, secret?: string) =>
          secret === undefined ? `vault ${vaultName}` : `secret ${secret} of vault ${vaultName}`,
        );
  return `${what} on ${where} to ${principals.name(inputs["principalId"], access)}`;
}

function vaultText(name: unknown): string {
  return typeof name === "string" && name !== unknown ? `vault ${name}` : "a new vault";
}
