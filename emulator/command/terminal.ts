import type { Writable } from "node:stream";

/** Where a command's words go: what people read on the way, and its result. */
export class Terminal {
  /** Only where a person sees it, and did not say otherwise (no-color.org). */
  readonly color: boolean;
  readonly #words: Writable;

  constructor(
    private readonly stdout: Writable,
    stderr: Writable,
    /** The last line of stdout is for a program, which may be waiting for nothing else. */
    json: boolean,
  ) {
    this.#words = json ? stderr : stdout;
    this.color = (this.#words as { isTTY?: boolean }).isTTY === true && !process.env.NO_COLOR;
  }

  write(text: string): void {
    this.#words.write(text);
  }

  line(text = ""): void {
    this.write(`${text}\n`);
  }

  result(text: string): void {
    this.stdout.write(`${text}\n`);
  }

  good(text: string): string {
    return this.#painted(text, 32);
  }

  bad(text: string): string {
    return this.#painted(text, 31);
  }

  faint(text: string): string {
    return this.#painted(text, 2);
  }

  bold(text: string): string {
    return this.#painted(text, 1);
  }

  #painted(text: string, code: number): string {
    return this.color ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

/** Columns as wide as their widest cell; colour does not count. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - visibleLength(cell)))
      .join("  ")
      .trimEnd(),
  );
}

function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- colour codes start with a control character
  return text.replaceAll(/\x1b\[\d+m/g, "").length;
}
