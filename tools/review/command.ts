import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { PlainError } from "../../emulator/engine/plainError";
import { type Command, fileStem, readOptions, requiredStack, type Surroundings } from "../rotation/commandLine";
import { changing, countOf } from "./changes";
import { commentOf } from "./comment";
import { emulatedPreview } from "./emulatedPreview";
import { readPreview } from "./readPreview";
import { reviewOf } from "./review";

const options = {
  stack: { type: "string", short: "s" },
  preview: { type: "string" },
  state: { type: "string" },
  "expect-no-changes": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Exit code; 1 is left for what could not be told. */
const changesFound = 3;

/** For pull requests: what a preview would do, as a comment. */
export const review: Command = {
  usage: `npm run review -- --stack NAME [options]

Writes what a preview would do as Markdown: a comment for a pull request.

  --stack NAME         the stack that the comment is about
  --preview FILE       what pulumi preview --json printed, - for stdin; else the stack is previewed on the emulator.
                       With PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true it also tells policies and what stays the same
  --state FOLDER       the emulator's state, where it previews                       (.local)
  --expect-no-changes  end with ${changesFound} where there are any
  --json               one JSON object in place of the comment

Ends with 0, or with the exit code of the emulator's preview: also where that fails, the comment says why.
`,
  run: async (args, around) => {
    const given = readOptions(options, args);
    const stack = fileStem(requiredStack(given.stack));
    const { told, exitCode } =
      given.preview === undefined
        ? await emulatedPreview(stack, given.state, around)
        : { told: await previewText(given.preview, around), exitCode: 0 };
    const preview = readPreview(told);
    const found = reviewOf(stack, preview, around.now);
    around.stdout.write(given.json ? `${JSON.stringify(found)}\n` : commentOf(preview, found));
    const isChanged = changing.some((change) => countOf(found.changes[change]) > 0);
    return exitCode === 0 && given["expect-no-changes"] && isChanged ? changesFound : exitCode;
  },
};

async function previewText(file: string, { stdin }: Surroundings): Promise<string> {
  if (file === "-") return text(stdin);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new PlainError(`--preview: ${(error as Error).message}`, { cause: error });
  }
}
