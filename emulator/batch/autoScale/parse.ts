import {
  counts,
  deallocationOptions,
  functions,
  intervals,
  methods,
  metrics,
  targets,
  timestampMembers,
} from "./language";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "vector"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "method"; readonly on: Expression; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "member"; readonly on: Expression; readonly name: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

export interface Statement {
  /** Absent for a call that stands alone, such as `stop()`. */
  readonly assigns?: string;
  readonly value: Expression;
}

/** Why Batch does not take a formula. */
export class FormulaProblem extends Error {
  constructor(
    readonly code: "AutoScalingFormulaSyntaxError" | "AutoScalingFormulaTooLong",
    message: string,
  ) {
    super(message);
  }
}

const mostBytes = 8 * 1024;
const mostStatements = 100;

/** @throws {FormulaProblem} */
export function parseFormula(formula: string): readonly Statement[] {
  const bytes = Buffer.byteLength(formula);
  if (bytes > mostBytes) {
    throw new FormulaProblem("AutoScalingFormulaTooLong", `it has ${bytes} bytes, expected ${mostBytes} at most`);
  }
  const statements = new Parser(tokens(formula)).statements();
  if (statements.length > mostStatements) {
    throw new FormulaProblem(
      "AutoScalingFormulaTooLong",
      `it has ${statements.length} statements, expected ${mostStatements} at most`,
    );
  }
  return statements;
}

const token =
  /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|(\d+(?:\.\d+)?|\.\d+|"[^"]*"|\$?[A-Za-z_]\w*|&&|\|\||[<>=!]=|[-+*/<>=!?:;,.()[\]])|([^])/y;

function tokens(formula: string): string[] {
  const found: string[] = [];
  for (const [, word, stray] of formula.matchAll(new RegExp(token.source, "gy"))) {
    if (stray !== undefined) throw syntax(`'${stray}' is not understood`);
    if (word !== undefined) found.push(word);
  }
  return found;
}

function syntax(message: string): FormulaProblem {
  return new FormulaProblem("AutoScalingFormulaSyntaxError", message);
}

const readOnly = new Set([...counts, ...metrics, ...deallocationOptions, ...Object.keys(intervals)]);
const writable = new Set([...Object.keys(targets), "$NodeDeallocationOption"]);

/** Loosest first. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

class Parser {
  #at = 0;
  /** A name can be read once it has been given a value; the targets can always be. */
  readonly #known = new Set([...readOnly, ...writable]);

  constructor(private readonly words: readonly string[]) {}

  statements(): Statement[] {
    const found: Statement[] = [];
    while (this.#at < this.words.length) {
      if (this.#takes(";")) continue;
      found.push(this.#statement());
      // The last statement may go without its semicolon.
      if (this.#at < this.words.length) this.#expect(";");
    }
    return found;
  }

  #statement(): Statement {
    const name = this.#peek() ?? "";
    if (!isName(name) || this.words[this.#at + 1] !== "=") return { value: this.#expression() };
    this.#at += 2;
    if (readOnly.has(name)) throw syntax(`'${name}' cannot be assigned`);
    if (name.startsWith("$") && /^\$(Current|Target|Node)/.test(name) && !writable.has(name))
      throw syntax(`there is no variable '${name}'`);
    const value = this.#expression();
    this.#known.add(name);
    return { assigns: name, value };
  }

  #expression(): Expression {
    const test = this.#binary(0);
    if (!this.#takes("?")) return test;
    const yes = this.#expression();
    this.#expect(":");
    return { kind: "choice", test, yes, no: this.#expression() };
  }

  #binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#takes(...operators); operator; operator = this.#takes(...operators)) {
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    const operator = this.#takes("-", "!");
    return operator ? { kind: "unary", operator, operand: this.#unary() } : this.#postfix(this.#primary());
  }

  #postfix(on: Expression): Expression {
    if (!this.#takes(".")) return on;
    const name = this.#next();
    if (this.#peek() === "(") {
      if (!methods.includes(name)) throw syntax(`there is no method '${name}', there are: ${methods.join(", ")}`);
      return this.#postfix({ kind: "method", on, name, args: this.#list("(", ")") });
    }
    if (!timestampMembers.includes(name))
      throw syntax(`there is no member '${name}', there are: ${timestampMembers.join(", ")}`);
    return this.#postfix({ kind: "member", on, name });
  }

  #primary(): Expression {
    if (this.#peek() === "[") return { kind: "vector", items: this.#list("[", "]") };
    const word = this.#next();
    if (word === "(") {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (/^[\d.]/.test(word)) return { kind: "number", value: Number(word) };
    if (word.startsWith('"')) return { kind: "string", value: word.slice(1, -1) };
    if (!isName(word)) throw syntax(`'${word}' where a value was expected`);
    if (this.#peek() === "(") {
      if (!functions.includes(word)) throw syntax(`there is no function '${word}', there are: ${functions.join(", ")}`);
      return { kind: "call", name: word, args: this.#list("(", ")") };
    }
    if (!this.#known.has(word)) throw syntax(`'${word}' is used before it is assigned`);
    return { kind: "name", name: word };
  }

  #list(open: string, close: string): Expression[] {
    this.#expect(open);
    const items: Expression[] = [];
    if (this.#takes(close)) return items;
    do items.push(this.#expression());
    while (this.#takes(","));
    this.#expect(close);
    return items;
  }

  #peek(): string | undefined {
    return this.words[this.#at];
  }

  #next(): string {
    const word = this.words[this.#at++];
    if (word === undefined) throw syntax("it ends in the middle of a statement");
    return word;
  }

  #takes(...words: readonly string[]): string | undefined {
    const word = this.#peek();
    if (word === undefined || !words.includes(word)) return undefined;
    this.#at++;
    return word;
  }

  #expect(word: string): void {
    const found = this.#next();
    if (found !== word) throw syntax(`'${found}' where '${word}' was expected`);
  }
}

function isName(word: string): boolean {
  return /^\$?[A-Za-z_]/.test(word);
}
