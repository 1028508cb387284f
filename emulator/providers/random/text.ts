import { randomInt } from "node:crypto";

const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
/** What the official provider takes for `special`. */
const specialCharacters = "!@#$%&*()-_=+[]{}<>:?";

export interface TextRules {
  readonly length: number;
  readonly upper?: boolean;
  readonly lower?: boolean;
  readonly numeric?: boolean;
  readonly special?: boolean;
  readonly minUpper?: number;
  readonly minLower?: number;
  readonly minNumeric?: number;
  readonly minSpecial?: number;
  readonly overrideSpecial?: string;
}

interface Alphabet {
  readonly characters: string;
  readonly allowed: boolean;
  readonly least: number;
}

function alphabets(rules: TextRules): Alphabet[] {
  const special = rules.overrideSpecial ?? specialCharacters;
  return [
    { characters: lowerLetters, allowed: rules.lower ?? true, least: rules.minLower ?? 0 },
    { characters: lowerLetters.toUpperCase(), allowed: rules.upper ?? true, least: rules.minUpper ?? 0 },
    { characters: digits, allowed: rules.numeric ?? true, least: rules.minNumeric ?? 0 },
    { characters: special, allowed: rules.special ?? true, least: rules.minSpecial ?? 0 },
  ];
}

/** @returns what is wrong with the rules, undefined where a text can follow them */
export function problemOf(rules: TextRules): string | undefined {
  const least = alphabets(rules).reduce((sum, alphabet) => sum + alphabet.least, 0);
  if (!Number.isInteger(rules.length) || rules.length < 1)
    return `length is ${rules.length}, expected a whole number of at least 1`;
  if (least > rules.length) return `length is ${rules.length}, expected at least ${least}, the sum of the min* rules`;
  if (!alphabets(rules).some(({ allowed, characters }) => allowed && characters !== "")) {
    return "no characters are allowed, expected at least one of upper, lower, numeric, special";
  }
  return undefined;
}

/** A text that follows `rules`, every choice of it from the system's secure source. */
export function randomText(rules: TextRules): string {
  const all = alphabets(rules)
    .filter(({ allowed }) => allowed)
    .map(({ characters }) => characters)
    .join("");
  const required = alphabets(rules).flatMap(({ characters, least }) =>
    Array.from({ length: least }, () => oneOf(characters)),
  );
  const rest = Array.from({ length: rules.length - required.length }, () => oneOf(all));
  return shuffle([...required, ...rest]).join("");
}

function oneOf(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffle<T>(items: readonly T[]): T[] {
  const shuffled: T[] = [];
  for (const item of items) {
    const at = randomInt(shuffled.length + 1);
    shuffled.splice(at, 0, item);
  }
  return shuffled;
}
