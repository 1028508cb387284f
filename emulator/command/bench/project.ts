import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { EngineCommand } from "../../engine/engineCommand";
import type { Folders } from "../../engine/folders";
import { engineSettings } from "../../engine/stack";
import type { Configuration } from "../../engine/stackFiles";
import type { LanguageHost, ProgramUse } from "./languageHost";

/** What one command of the engine took, as its user sees it, and the program's part in it. */
export interface CommandUse {
  readonly seconds: number;
  readonly program: ProgramUse;
}

export interface ProjectOptions {
  /** The program's own folder, with its Pulumi.yaml; never written to. */
  readonly source: string;
  /** The stack's configuration. @default none */
  readonly config?: Configuration;
  /** Where the packages are. */
  readonly repository: string;
  /** State of the engine, and the copy of the project. */
  readonly folders: Folders;
  readonly name: string;
  readonly engine: EngineCommand;
  readonly languageHost: LanguageHost;
  /** What the engine needs to know of its providers. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program that `pulumi` runs from its files in a process of its own, as a user's command does. */
export class Project {
  private constructor(
    private readonly options: ProjectOptions,
    private readonly folder: string,
  ) {}

  static async open(options: ProjectOptions): Promise<Project> {
    const { folders, name, source, repository, config = {} } = options;
    folders.prepare();
    const folder = folders.stack(name);
    mkdirSync(folder, { recursive: true });
    // The engine writes into a project's folder. What is compiled is kept by its real path; ts-node cannot do with links.
    const take = existsSync(join(source, "tsconfig.json")) && source !== repository ? cpSync : symlinkSync;
    for (const entry of readdirSync(source).filter((entry) => !/^\.|^Pulumi\./.test(entry))) {
      take(join(source, entry), join(folder, entry));
    }
    for (const entry of ["node_modules", "package.json", "tools"]) {
      if (!existsSync(join(folder, entry))) symlinkSync(join(repository, entry), join(folder, entry));
    }
    copyFileSync(join(source, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config }));
    const project = new Project(options, folder);
    await project.#run(["stack", "init", name]);
    return project;
  }

  preview(): Promise<CommandUse> {
    return this.#measured(["preview"]);
  }

  /** @param savesOnce whether the engine saves its state at the end only, instead of after each step. @default false */
  up({ savesOnce = false } = {}): Promise<CommandUse> {
    const environment: Record<string, string> = savesOnce ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {};
    return this.#measured(["up", "--yes", "--skip-preview"], environment);
  }

  async #measured(args: readonly string[], own: Readonly<Record<string, string>> = {}): Promise<CommandUse> {
    const start = performance.now();
    await this.#run([...args, "--stack", this.options.name], own);
    return { seconds: (performance.now() - start) / 1000, program: this.options.languageHost.lastUse() };
  }

  #run(args: readonly string[], own: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { folders, engine, languageHost, environment } = this.options;
    return engine.run(args, this.folder, {
      ...engineSettings(folders),
      PULUMI_DEBUG_LANGUAGES: languageHost.debugLanguages,
      ...environment,
      ...own,
    });
  }
}
