import { z } from "zod";
import { nearest } from "./nearest";
import { isMapping, present } from "./values";

/** Where a rule over several values is broken. */
export interface Breach {
  /** Below the mapping that the rule is for. */
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  /** The value that counts there, for where the configuration says nothing and a default breaks the rule. */
  readonly found?: unknown;
}

/** Whether nothing is wrong with a key, or with what it is in. */
export type IsGood = (key: string) => boolean;

type Issues = readonly z.core.$ZodRawIssue[];

/**
 * A rule over several values of a mapping. It is looked at once `needs` are good by themselves, whatever else is wrong, so
 * that all problems are told at once and no rule is held against a value that is none.
 * @param needs keys below the mapping, with dots: `scale.fixed`
 * @param breaches may read other keys too, once `isGood` says so
 */
export function rule<T>(
  needs: readonly string[],
  breaches: (value: T, isGood: IsGood) => readonly Breach[],
): z.core.$ZodCheck<T> {
  return z.superRefine<T>(
    (value, context) => {
      const before = [...context.issues];
      for (const { path, expected, found } of breaches(value, (key) => isGood(before, key))) {
        context.addIssue({ code: "custom", path: [...path], message: expected, params: { found } });
      }
    },
    { when: ({ value, issues }) => isMapping(value) && needs.every((key) => isGood(issues, key)) },
  );
}

/**
 * A rule on how many of some keys a mapping has, whatever their values are.
 * @param expected what is expected of the mapping where `isRight` is false
 */
export function countRule<T>(
  keys: readonly string[],
  isRight: (count: number) => boolean,
  expected: string,
): z.core.$ZodCheck<T> {
  return z.superRefine<T>(
    (value, context) => {
      if (!isRight(present(value, keys).length)) context.addIssue({ code: "custom", path: [], message: expected });
    },
    { when: ({ value, issues }) => isMapping(value) && !keys.some((key) => isMisspelt(issues, key)) },
  );
}

function isGood(issues: Issues, key: string): boolean {
  const path = key.split(".");
  return !issues.some((issue) => concerns(issue, path));
}

/** Whether an issue is about `path`, something below it, or something around it. */
function concerns(issue: z.core.$ZodRawIssue, path: readonly string[]): boolean {
  const place = (issue.path ?? []).map(String);
  const common = Math.min(place.length, path.length);
  if (place.slice(0, common).some((step, index) => step !== path[index])) return false;
  // An unknown key beside it is about it if it may be its misspelling.
  return place.length >= path.length || !isUnknownKey(issue) || resembles(issue, path[place.length] ?? "");
}

function isMisspelt(issues: Issues, key: string): boolean {
  return issues.some((issue) => (issue.path ?? []).length === 0 && isUnknownKey(issue) && resembles(issue, key));
}

type UnknownKeys = Extract<z.core.$ZodRawIssue, { readonly code: "unrecognized_keys" }>;

function isUnknownKey(issue: z.core.$ZodRawIssue): issue is UnknownKeys {
  return issue.code === "unrecognized_keys";
}

function resembles(issue: UnknownKeys, known: string): boolean {
  return issue.keys.some((unknown) => nearest(unknown, [known]) !== undefined);
}
