import { basename } from "node:path";
import { parseArgs } from "node:util";
import { PlainError } from "../engine/plainError";
import { type ProviderChoice, providerChoices } from "../engine/plugins";
import { nearest } from "../../settings/nearest";
import { readDuration } from "./duration";

const commands = [
  "up",
  "preview",
  "verify",
  "destroy",
  "env",
  "serve",
  "reset",
  "bench",
  "matrix",
  "golden",
  "example",
  "rotate",
] as const;
export type CommandName = (typeof commands)[number];

/** What `bench` measures, together or one part alone. */
export const benchParts = ["start", "scale", "emulator", "commands", "tests"] as const;
export type BenchPart = (typeof benchParts)[number];

const options = {
  stack: { type: "string" },
  "config-file": { type: "string" },
  "as-of": { type: "string" },
  providers: { type: "string", default: "auto" },
  record: { type: "string" },
  "preview-json": { type: "string" },
  propagation: { type: "string" },
  polling: { type: "string" },
  runs: { type: "string" },
  state: { type: "string" },
  diff: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export interface Arguments {
  readonly command: CommandName;
  readonly stack: string;
  /** The stack's configuration, where it is not Pulumi.<stack>.yaml. */
  readonly configFile?: string | undefined;
  /** The day whose retirements are emulated. */
  readonly asOf?: Date | undefined;
  readonly providers: ProviderChoice;
  /** File that gets every Resource Manager request of the command. */
  readonly record?: string | undefined;
  /** File that gets the events of a preview. */
  readonly previewJson?: string | undefined;
  /** How long credentials and rights take to count, by Azure's clock. */
  readonly propagationSeconds?: number | undefined;
  /** How often extensions on all nodes look for new certificates. */
  readonly pollingSeconds?: number | undefined;
  /** The only part that `bench` measures. @default all */
  readonly benchPart?: BenchPart | undefined;
  /** How often `bench` measures each thing. @default 5 */
  readonly runs?: number | undefined;
  /** Folder in place of `.local`. */
  readonly state?: string | undefined;
  readonly diff: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run local -- [command] [options]

  up        deploy the stack to the emulator, then verify it (the command where none is given)
  preview   show what up would change
  verify    read the secret on every node, and try what must be refused
  destroy   remove what the stack deployed
  serve     keep the emulator up until interrupted
  env       print what a shell needs to reach it:  eval "$(npm run -s local -- env)"
  reset     forget all stacks and everything emulated
  bench     measure how fast everything is: bench start, scale, emulator, commands or tests for one part alone
  matrix    deploy every combination of access, delivery, permission model and vault, and print them as a table
  example   deploy examples/job-submitter beside the stack, and have a task of its job read the secret
  golden    write what first deployments of dev and prod would make to tests/golden, for somebody to review
  rotate    raise the certificate's generation three times while tasks on the nodes read the secret

  --stack NAME        Pulumi.NAME.yaml                                      (local)
  --config-file FILE  configuration in place of Pulumi.NAME.yaml; the stack is then named after the file
  --as-of YYYY-MM-DD  emulate Azure as it was that day, before later retirements (today)
  --diff              show what changes inside each resource
  --json              end with one line of JSON on stdout
  --providers KIND    auto, official (installed plugins) or bundled        (auto)
  --record FILE       write every Resource Manager request as a line of JSON
  --preview-json FILE write the engine's events of a preview, a line of JSON each
  --propagation TIME  let credentials and rights take so long to count, 60s or 2m (serve, up: 0s; rotate: 4s)
  --polling TIME      let nodes look for new certificates this often (serve, up: as pools say; rotate: 8s)
  --runs N            measure each thing so often (bench: 5)
  --state FOLDER      keep state there instead of in .local
`;

/** @throws {PlainError} one line, with the nearest known word */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const known = Object.hasOwn(options, token.name);
    if (!known)
      throw new PlainError(
        unknown(
          "option",
          token.rawName,
          Object.keys(options).map((name) => `--${name}`),
        ),
      );
    const takesValue = options[token.name as keyof typeof options].type === "string";
    if (takesValue && !token.value) throw new PlainError(`${token.rawName}: found no value, expected one`);
    if (!takesValue && token.value !== undefined) throw new PlainError(`${token.rawName}: expected no value`);
  }
  const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  const [command = "up", ...rest] = positionals;
  if (!isOneOf(commands, command)) throw new PlainError(unknown("command", command, commands));
  const benchPart = command === "bench" ? readBenchPart(rest.shift()) : undefined;
  if (rest[0] !== undefined) throw new PlainError(`found a second command ${rest[0]} after ${command}, expected one`);
  if (!isOneOf(providerChoices, values.providers)) {
    throw new PlainError(unknown("--providers", values.providers, providerChoices));
  }
  const {
    "config-file": configFile,
    "as-of": asOf,
    "preview-json": previewJson,
    propagation,
    polling,
    runs,
    ...others
  } = values;
  if (previewJson !== undefined && command !== "preview") {
    throw new PlainError(`--preview-json: found command ${command}, expected preview`);
  }
  const stack = values.stack ?? (configFile === undefined ? "local" : stackOf(configFile));
  if (!/^[\w-]+$/.test(stack)) {
    throw new PlainError(`--stack: found "${stack}", expected a name of letters, digits, - and _`);
  }
  const day = asOf === undefined ? undefined : dayOf(asOf);
  const pace = readPace(command, propagation, polling);
  const benched = { benchPart, runs: readRuns(command, runs) };
  return {
    ...others,
    ...pace,
    ...benched,
    stack,
    configFile,
    asOf: day,
    previewJson,
    command,
    providers: values.providers,
  };
}

/** @throws {PlainError} where the command makes nothing of it */
function readPace(command: CommandName, propagation?: string, polling?: string) {
  for (const [option, text] of Object.entries({ "--propagation": propagation, "--polling": polling })) {
    if (text === undefined || ["serve", "up", "rotate"].includes(command)) continue;
    throw new PlainError(`${option}: found command ${command}, expected serve, up or rotate`);
  }
  return {
    propagationSeconds: propagation === undefined ? undefined : readDuration("--propagation", propagation),
    pollingSeconds: polling === undefined ? undefined : readDuration("--polling", polling, true),
  };
}

function readBenchPart(part: string | undefined): BenchPart | undefined {
  if (part === undefined || isOneOf(benchParts, part)) return part;
  throw new PlainError(unknown("part of bench", part, benchParts));
}

function readRuns(command: CommandName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (command !== "bench") throw new PlainError(`--runs: found command ${command}, expected bench`);
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new PlainError(`--runs: found "${text}", expected a number from 1 to 99`);
}

/** `dev` of Pulumi.dev.yaml, `01-example` of 01-example.yaml: trying a file leaves the other stacks alone. */
function stackOf(configFile: string): string {
  return basename(configFile)
    .replace(/\.ya?ml$/, "")
    .replace(/^Pulumi\./, "");
}

/** @throws {PlainError} where `text` is no day that there is */
function dayOf(text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return day;
  throw new PlainError(`--as-of: found "${text}", expected a day such as 2024-01-31`);
}

function unknown(what: string, found: string, known: readonly string[]): string {
  const close = nearest(found, known);
  return `unknown ${what} ${found}: ${close ? `did you mean ${close}?` : `expected one of ${known.join(", ")}`}`;
}

function isOneOf<T extends string>(known: readonly T[], word: string): word is T {
  return (known as readonly string[]).includes(word);
}
