import { changeOf, kindOf } from "./changes";
import { isResource, type Preview, type Step } from "./preview";

/** Something that cannot be undone, or that the engine refuses. */
export interface Danger {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** What goes with each of them. */
const precious: Readonly<Record<string, string>> = {
  Vault: "is deleted with all its secrets; its name stays taken for the retention time",
  Application: "is deleted: nothing can sign in as it any more, and its successor has another client id",
  ServicePrincipal: "is deleted with all rights that it was given anywhere",
  ResourceGroup: "is deleted with everything in it",
  BatchAccount: "is deleted with its pools, jobs and tasks",
};

export function dangersIn({ steps }: Preview): readonly Danger[] {
  return steps
    .filter(isResource)
    .flatMap((step) => dangerOf(step).map((text) => ({ kind: kindOf(step.type), name: step.name, text })))
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}

function dangerOf(step: Step): readonly string[] {
  const change = changeOf(step);
  const goes = change === "delete" || change === "replace";
  const { before, after } = step;
  if (goes && before?.isProtected === true) return ["is protected: the update is refused, or stops there"];
  const text = precious[kindOf(step.type)];
  if (goes && text !== undefined) return [text];
  if (before?.isProtected === true && after?.isProtected === false) return ["is no longer protected against deletion"];
  return [];
}
