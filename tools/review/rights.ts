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
    /:(?:\w*RoleAssignment|RoleDefinition|\w*FederatedIdentityCredential|Application(?:Password|Owner)|DirectoryRole\w*)$/,
    (_state, { type, name }) => `${kindOf(type)} ${name}, see below`,
  ],
];
const vault = /^azure-native:keyvault(?:\/\w+)?:Vault$/;

/** Rights that change, those that are given first. */
export function rightsIn(preview: Preview): readonly RightReview[] {
  const told = {
    steps: new Map(preview.steps.map((step) => [step.urn, step])),
    principals: new Principals(preview),
  };
  const found = preview.steps.flatMap((step) => {
    if (vault.test(step.type)) return switchedModel(step);
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

function policy({ inputs, parent }: ResourceState, _step: Step, { steps, principals }: Told): string {
  const permissions = valueAt(inputs, "policy.permissions");
  const what = Object.entries(isObject(permissions) ? permissions : {})
    .map(([kind, names]) => `${kind} ${Array.isArray(names) ? names.join(", ") : String(names)}`)
    .join("; ");
  const who = principals.name(valueAt(inputs, "policy.objectId"), steps.get(parent ?? ""));
  return `${what} on all of ${vaultText(inputs["vaultName"])} to ${who}`;
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
