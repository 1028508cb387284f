import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Command } from "../../../tools/rotation/commandLine";
import { expiry } from "../../../tools/rotation/expiry/command";
import { raiseGeneration } from "../../../tools/rotation/raiseGeneration/command";
import { runTool } from "./surroundings";

const commands: Readonly<Record<string, Command>> = { expiry, "raise-generation": raiseGeneration };

/** What npmClient.mjs tells about a call of it. */
interface Call {
  readonly args: readonly string[];
  readonly repository: string;
  readonly path?: string;
  readonly now?: string;
}

/** `npm run --silent NAME -- …` of the rotation's tools, run here: to load them in a process of each call takes long. */
export async function startNpmStandIn() {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let call = "";
    socket.setEncoding("utf8").on("data", (part: string) => (call += part));
    socket.on("end", () => {
      void answer(call)
        .catch((error: unknown) => ({ code: 1, stdout: "", stderr: `npm: ${String(error)}\n` }))
        .then((result) => socket.end(JSON.stringify(result)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /** For a shell. */
    script: `exec "${process.execPath}" "${join(__dirname, "npmClient.mjs")}" ${port} "$@"`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function answer(call: string) {
  const { args, ...given } = JSON.parse(call) as Call;
  const [run, silent, name = "", dashes, ...own] = args;
  const command = commands[name];
  if (run !== "run" || silent !== "--silent" || dashes !== "--" || !command)
    throw new Error(`found npm ${args.join(" ")}, expected npm run --silent ${Object.keys(commands).join("|")} -- …`);
  return runTool(command, own, given);
}
