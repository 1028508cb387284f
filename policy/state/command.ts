import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { type Command, readOptions, type Surroundings } from "../../tools/rotation/commandLine";
import { rules } from "../rules";
import { checkState, type Finding } from "./check";
import { enforcements } from "./configuration";

/** Holds an exported state against the policies, without engine, backend or Azure. */
export const policy: Command = {
  usage: `npm run -s policy -- --state FILE [--config FILE]

  --state FILE   what pulumi stack export wrote; - for stdin
  --config FILE  levels and settings of policies, as for --policy-pack-config

Ends with 1 where a mandatory policy is violated.
`,
  async run(args, around) {
    const { state, config } = readOptions({ state: { type: "string" }, config: { type: "string" } }, args);
    if (state === undefined) throw new Error("--state: found none, expected a file of pulumi stack export, or -");
    const configured = enforcements(rules, config === undefined ? {} : await readJson("--config", config, around));
    const findings = checkState(await readJson("--state", state, around), configured);
    around.stdout.write(report(findings));
    return findings.some(({ level }) => level === "mandatory") ? 1 : 0;
  },
};

async function readJson(option: string, file: string, { stdin }: Surroundings): Promise<unknown> {
  try {
    return JSON.parse(file === "-" ? await text(stdin) : readFileSync(resolve(file), "utf8"));
  } catch (error) {
    throw new Error(`${option}: ${(error as Error).message}`, { cause: error });
  }
}

function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ policy: name, level, resource, violation }) => [
    `[${level}] ${name}  (${resource.type}: ${resource.name})`,
    `  ${violation}`,
  ]);
  const mandatory = findings.filter(({ level }) => level === "mandatory").length;
  return [...lines, `violations: ${findings.length}, mandatory: ${mandatory}`, ""].join("\n");
}
