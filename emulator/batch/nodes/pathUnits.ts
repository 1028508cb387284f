import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeLayout } from "./layout";

/** A command that systemd would start whenever one of the paths changes. */
export interface PathUnit {
  readonly name: string;
  readonly watched: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The path units that processes of the node asked for since it was started. */
function readPathUnits(layout: NodeLayout): PathUnit[] {
  return readdirSync(layout.pathUnits).flatMap((name) => {
    const words = readList(join(layout.pathUnits, name, "words"));
    const environment = readList(join(layout.pathUnits, name, "environment")).map((pair) => cut(pair, "="));
    return words.length === 0 ? [] : [parseSystemdRun(name, words, Object.fromEntries(environment))];
  });
}

/** Those that watch one of the paths that changed, or a folder that it lies in. */
export function pathUnitsFor(layout: NodeLayout, changed: readonly string[]): PathUnit[] {
  const isIn = (file: string, path: string) => `${file}/`.startsWith(`${path.replace(/\/+$/, "")}/`);
  return readPathUnits(layout).filter(({ watched }) =>
    watched.some((path) => changed.some((file) => isIn(file, path))),
  );
}

const pathProperties = ["PathChanged", "PathModified", "PathExists", "PathExistsGlob", "DirectoryNotEmpty"];

/** Options whose value is the next word where it is not joined by `=`. */
const optionsWithValue = [
  "-p",
  "-E",
  "--setenv",
  "--property",
  "--path-property",
  "--unit",
  "--description",
  "--uid",
  "--gid",
];

/** What `systemd-run` makes of its words: options first, then the command. Of the caller's environment only what `--setenv` names goes on. */
export function parseSystemdRun(
  name: string,
  words: readonly string[],
  caller: Readonly<Record<string, string>>,
): PathUnit {
  const watched: string[] = [];
  const environment: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-")) break;
    const [option, joined] = word.startsWith("--") ? cut(word, "=") : [word, ""];
    const hasNext = optionsWithValue.includes(option) && !word.includes("=");
    const value = hasNext ? (words[++at] ?? "") : joined;
    if (option === "--path-property") {
      const [property, path] = cut(value, "=");
      if (pathProperties.includes(property)) watched.push(path);
    } else if (option === "--setenv" || option === "-E") {
      const [variable, given] = cut(value, "=");
      environment[variable] = value.includes("=") ? given : (caller[variable] ?? "");
    }
  }
  return { name, watched, command: words.slice(at), environment };
}

function readList(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\0")
      .filter((item) => item !== "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
