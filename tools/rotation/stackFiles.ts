import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PlainError } from "../../emulator/engine/plainError";
import { ConfigurationError, rawConfigOf, readSettings, type Settings } from "../../settings";
import { ofProject } from "../../settings/rawConfig";
import { fileStem } from "./commandLine";

/** A stack's configuration as it is in the repository's files. */
export interface StackFiles {
  /** Name of the project, which is also a namespace of its keys. */
  readonly project: string;
  /** `Pulumi.dev.yaml` */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /**
   * The settings that the stack has with another text of its file.
   * @throws {PlainError} with all problems at once
   */
  readonly settingsWith: (text: string) => Settings;
}

/** @throws {PlainError} where a file is not there or no YAML */
export function readStackFiles(repository: string, stack: string): StackFiles {
  const project = parsedMapping("Pulumi.yaml", fileText(join(repository, "Pulumi.yaml")));
  const projectName = String(project["name"]);
  const name = `Pulumi.${fileStem(stack)}.yaml`;
  const path = join(repository, name);
  return {
    ...{ project: projectName, name, path, text: fileText(path) },
    settingsWith: (text) => {
      const own = rawConfigOf(configOf(project), configOf(parsedMapping(name, text)));
      try {
        // What Azure has retired since stands in the way of an update, not of a look at the certificate.
        return readSettings(ofProject(own, projectName), { today: new Date(0) });
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        throw new PlainError(`${name}: ${error.message}`, { cause: error });
      }
    },
  };
}

function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new PlainError(`cannot read the configuration: ${(error as Error).message}`, { cause: error });
  }
}

function parsedMapping(name: string, text: string): Readonly<Record<string, unknown>> {
  let found: unknown;
  try {
    found = parse(text);
  } catch (error) {
    throw new PlainError(`${name}: ${(error as Error).message.split("\n")[0] ?? ""}`, { cause: error });
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  throw new PlainError(`${name}: found no mapping, expected one with config`);
}

function configOf({ config }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return (config ?? {}) as Readonly<Record<string, unknown>>;
}
