import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PlainError } from "../../../emulator/engine/plainError";
import { certificate as certificateSettings } from "../../../settings/certificate";
import { type Command, readOptions, requiredStack } from "../commandLine";
import { longestPollingMinutes } from "../../../settings";
import { readStackFiles } from "../stackFiles";
import { readStackOutputs } from "../stackOutputs";
import { timelineSvg } from "./svg";

const options = {
  stack: { type: "string", short: "s" },
  outputs: { type: "string" },
  output: { type: "string" },
  today: { type: "boolean", default: false },
} as const;

/** A picture of a stack's certificate generations. */
export const timeline: Command = {
  usage: `npm run timeline -- --stack NAME [options]
npm run timeline -- --outputs FILE [options]

Draws the certificate generations of a stack as SVG: validity, overlap, warning and polling.

  --stack NAME    Pulumi.NAME.yaml has polling interval and days of warning; without it they are the defaults
  --outputs FILE  the stack's outputs as JSON, - for stdin; else pulumi stack output is asked
  --output FILE   where the picture goes; else stdout
  --today         mark today
`,
  run: async (args, around) => {
    const given = readOptions(options, args);
    const stack = given.stack === undefined ? undefined : requiredStack(given.stack);
    const times = stack === undefined ? certificateSettings.parse({}) : timesOf(around.repository, stack);
    const { generations } = await readStackOutputs({ stack, file: given.outputs }, around);
    if (!generations) {
      throw new PlainError("outputs: found no generations, expected those of a stack with a certificate");
    }
    const { warnBeforeDays, pollingMinutes } = times;
    const today = given.today ? around.now : undefined;
    const picture = timelineSvg({ stack, generations, warnBeforeDays, pollingMinutes, today });
    if (given.output === undefined) around.stdout.write(picture);
    else writeFileSync(resolve(given.output), picture);
    return 0;
  },
};

function timesOf(repository: string, stack: string) {
  const { text, settingsWith } = readStackFiles(repository, stack);
  const settings = settingsWith(text);
  return {
    warnBeforeDays: settings.certificate.warnBeforeDays,
    pollingMinutes: longestPollingMinutes(settings),
  };
}
