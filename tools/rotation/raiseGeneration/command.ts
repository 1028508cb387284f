import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, readOptions, requiredStack } from "../commandLine";
import { readStackFiles } from "../stackFiles";
import { readStackOutputs } from "../stackOutputs";
import { pullRequestBody } from "./pullRequest";
import { raised } from "./raise";

const options = {
  stack: { type: "string", short: "s" },
  outputs: { type: "string" },
  "pull-request": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** Proposes a rotation: one line in the stack's file. */
export const raiseGeneration: Command = {
  usage: `npm run raise-generation -- --stack NAME [options]

Raises certificate.generation in Pulumi.NAME.yaml by one. The next pulumi up rotates the certificate.

  --stack NAME         the stack
  --outputs FILE       the deployed stack's outputs as JSON, - for stdin: a file that is ahead of them stays as it is
  --pull-request FILE  also writes what a pull request should say, as Markdown
  --json               one JSON object in place of the line
`,
  run: async (args, around) => {
    const given = readOptions(options, args);
    const stack = requiredStack(given.stack);
    const files = readStackFiles(around.repository, stack);
    const outputs =
      given.outputs === undefined ? undefined : await readStackOutputs({ stack, file: given.outputs }, around);
    const { isRaised, from, to, text, settings } = raised(files, outputs?.certificate?.generation);
    if (isRaised) {
      writeFileSync(files.path, text);
      if (given["pull-request"] !== undefined) {
        const change = { stack, file: files.name, from, to, generations: outputs?.generations ?? [] };
        writeFileSync(resolve(given["pull-request"]), pullRequestBody(change, settings));
      }
    }
    const line = isRaised
      ? `${files.name}: certificate.generation was ${from} and is ${to} now. The next pulumi up --stack ${stack} rotates.`
      : `${files.name}: certificate.generation is ${to} already, and ${from} is deployed. Nothing was changed.`;
    const json = { stack, file: files.name, raised: isRaised, from, to };
    around.stdout.write(`${given.json ? JSON.stringify(json) : line}\n`);
    return 0;
  },
};
