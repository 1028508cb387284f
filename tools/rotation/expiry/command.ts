import { type Command, readOptions, requiredStack } from "../commandLine";
import { readStackFiles } from "../stackFiles";
import { readStackOutputs } from "../stackOutputs";
import { exitCodes, expiryOf } from "./expiry";

const options = {
  stack: { type: "string", short: "s" },
  outputs: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** For pipelines: when a stack's certificate ends, as one line and as the exit code. */
export const expiry: Command = {
  usage: `npm run expiry -- --stack NAME [options]

Tells when the certificate that the stack's nodes sign in with ends, and what to do.

  --stack NAME    Pulumi.NAME.yaml has the days before the end from which it "ends soon"
  --outputs FILE  the stack's outputs as JSON, - for stdin; else pulumi stack output is asked
  --json          one JSON object in place of the line

Exit codes: ${exitCodes.fine} fine, or no certificate; ${exitCodes.endsSoon} ends soon; ${exitCodes.ended} ended; 1 could not be told.
`,
  run: async (args, around) => {
    const given = readOptions(options, args);
    const stack = requiredStack(given.stack);
    const { text, settingsWith } = readStackFiles(around.repository, stack);
    const settings = settingsWith(text);
    const { certificate } = await readStackOutputs({ stack, file: given.outputs }, around);
    const found = expiryOf({ stack, certificate }, settings.certificate, around.now);
    const json = { stack, ...found, configuredGeneration: settings.certificate.generation };
    around.stdout.write(`${given.json ? JSON.stringify(json) : found.message}\n`);
    return exitCodes[found.state];
  },
};
