/** What a condition of a role assignment is about: an action on a role assignment, and what that says. */
export interface ConditionedAction {
  readonly action: string;
  /** Attributes of what is written (`@Request`) or of what is there (`@Resource`), by their lower-case names. */
  readonly request?: Attributes;
  readonly resource?: Attributes;
}

export type Attributes = Readonly<Record<string, string>>;
export type Condition = (asked: ConditionedAction) => boolean;

/** Why a text is no condition that is understood here. */
export class ConditionProblem extends Error {}

/**
 * The part of Azure's language for conditions that limits which roles may be assigned to whom ("Azure role assignment
 * condition format and syntax", "Authorization actions and attributes").
 * @throws {ConditionProblem}
 */
export function readCondition(text: string): Condition {
  const words = wordsOf(text);
  const condition = anyOf(words);
  if (words.length > 0) throw new ConditionProblem(`found '${words[0] ?? ""}', expected AND, OR or the end`);
  return condition;
}

const word =
  /\s*(ActionMatches\s*\{[^}]*\}|@(?:Request|Resource)\[[^\]]*\]|\{[^}]*\}|'[^']*'|&&|\|\||[()!]|[A-Za-z]+(?::[A-Za-z]+)?)\s*/y;

function wordsOf(text: string): string[] {
  const words: string[] = [];
  word.lastIndex = 0;
  for (let at = 0; at < text.length; at = word.lastIndex) {
    const found = word.exec(text)?.[1];
    if (found === undefined) throw new ConditionProblem(`found '${text.slice(at, at + 20)}', expected an expression`);
    words.push(found);
  }
  return words;
}

function anyOf(words: string[]): Condition {
  const parts = [allOf(words)];
  while (takes(words, "OR", "||")) parts.push(allOf(words));
  return (asked) => parts.some((part) => part(asked));
}

function allOf(words: string[]): Condition {
  const parts = [one(words)];
  while (takes(words, "AND", "&&")) parts.push(one(words));
  return (asked) => parts.every((part) => part(asked));
}

function one(words: string[]): Condition {
  const next = words.shift() ?? "";
  if (next === "!" || next.toUpperCase() === "NOT") {
    const inner = one(words);
    return (asked) => !inner(asked);
  }
  if (next === "(") {
    const inner = anyOf(words);
    if (words.shift() !== ")") throw new ConditionProblem("found no ), expected one for each (");
    return inner;
  }
  if (/^ActionMatches/i.test(next)) {
    const actions = valuesIn(next);
    return ({ action }) => actions.some((named) => same(named, action));
  }
  const [, source, attribute] = /^@(Request|Resource)\[(.*)\]$/i.exec(next) ?? [];
  if (source === undefined || attribute === undefined)
    throw new ConditionProblem(`found '${next}', expected an expression`);
  return comparison(source.toLowerCase() as "request" | "resource", attribute.toLowerCase(), words);
}

const operators: Readonly<Record<string, "one of" | "none of">> = {
  guidequals: "one of",
  stringequalsignorecase: "one of",
  "foranyofanyvalues:guidequals": "one of",
  "foranyofanyvalues:stringequalsignorecase": "one of",
  guidnotequals: "none of",
  stringnotequalsignorecase: "none of",
  "foranyofallvalues:guidnotequals": "none of",
  "foranyofallvalues:stringnotequalsignorecase": "none of",
};

function comparison(source: "request" | "resource", attribute: string, words: string[]): Condition {
  const [operator = "", values = ""] = words.splice(0, 2);
  const kind = operators[operator.toLowerCase()];
  if (kind === undefined) throw new ConditionProblem(`found operator '${operator}', expected one for GUIDs or texts`);
  const named = valuesIn(values);
  return (asked) => {
    const value = asked[source]?.[attribute];
    // What is not there is neither one of them nor something else.
    return value !== undefined && named.some((each) => same(each, value)) === (kind === "one of");
  };
}

/** `{'a', 'b'}` or `'a'`, with or without quotes. */
function valuesIn(text: string): string[] {
  const inner = /\{(.*)\}/s.exec(text)?.[1] ?? text;
  const values = inner.split(",").map((value) => value.trim().replace(/^'(.*)'$/, "$1"));
  if (values.some((value) => value === "")) throw new ConditionProblem(`found '${text}', expected values`);
  return values;
}

function takes(words: string[], ...wanted: string[]): boolean {
  const isNext = wanted.includes((words[0] ?? "").toUpperCase());
  if (isNext) words.shift();
  return isNext;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
