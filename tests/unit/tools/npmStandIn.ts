/** `npm run --silent NAME -- …` of the rotation's tools, for the repository in which it is called, on the day of NOW. */
import { type Command, runCommand } from "../../../tools/rotation/commandLine";
import { expiry } from "../../../tools/rotation/expiry/command";
import { raiseGeneration } from "../../../tools/rotation/raiseGeneration/command";

const commands: Readonly<Record<string, Command>> = { expiry, "raise-generation": raiseGeneration };
const [, , run, silent, name = "", , ...args] = process.argv;
const command = commands[name];
if (run !== "run" || silent !== "--silent" || !command) throw new Error(`npm: found ${process.argv.join(" ")}`);

void runCommand(command, args, {
  repository: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  now: new Date(process.env["NOW"] ?? ""),
}).then((code) => {
  process.exitCode = code;
});
