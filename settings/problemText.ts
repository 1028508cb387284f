type Path = readonly PropertyKey[];

/** What is wrong, on one line. */
export function problemLine(path: Path, found: string, expected: string): string {
  return `${pathText(path)}: found ${found}, expected ${expected}`;
}

/** `pools[0].name`, `tags["cost center"]` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = String(step);
    if (!/^[\w:-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
