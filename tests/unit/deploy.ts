import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import program from "../../index";
import { rawConfigOf } from "../../settings";
import { runStack, type Registration, type RunOptions } from "./stack";

const configOf = (file: string) =>
  (parse(readFileSync(join(__dirname, "../..", file), "utf8")) as { config: Record<string, unknown> }).config;

/** The program as the engine runs it for a stack of the repository, with `changes` in its configuration. */
export const deploy = (
  stack: string,
  changes: Readonly<Record<string, unknown>> = {},
  secretKeys: readonly string[] = [],
  registrations: Registration[] = [],
  functions: RunOptions["functions"] = {},
) =>
  runStack(program, {
    stack,
    config: rawConfigOf(configOf("Pulumi.yaml"), { ...configOf(`Pulumi.${stack}.yaml`), ...changes }),
    ...{ secretKeys, registrations, functions },
  });
