/**
 * The words of a task's command line. Batch starts the program itself, without a shell: quotes keep words together and a
 * backslash keeps a character, but no variable is replaced and nothing is redirected.
 * @throws {Error} where a quote is not closed
 */
export function splitCommandLine(commandLine: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < commandLine.length; at++) {
    const character = commandLine.charAt(at);
    const next = commandLine.charAt(at + 1);
    if (quote === "'" ? character === "'" : character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && next !== "" && keepsNext(quote, next)) {
      word = `${word ?? ""}${next}`;
      at++;
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ""}${character}`;
    }
  }
  if (quote !== undefined) throw new Error(`the command line ends inside ${quote}…, expected a closing ${quote}`);
  if (word !== undefined) words.push(word);
  return words;
}

/** Inside double quotes a backslash is itself, unless it stands before one of these. */
function keepsNext(quote: string | undefined, next: string): boolean {
  return quote === undefined || (quote === '"' && '"\\$`'.includes(next));
}
