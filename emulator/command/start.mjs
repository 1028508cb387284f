/**
 * `npm run local`: makes sure that Node, Python, the packages and the engine are there, then runs the command line
 * (main.ts) in this process.
 */
import { createRequire } from "node:module";
import { findEngine } from "../engine/engine.mjs";
import { PlainError } from "./processes.mjs";
import { checkMachine, installPackages, packagesAreInstalled } from "./setup.mjs";

const require = createRequire(import.meta.url);
const args = process.argv.slice(2);

try {
  await checkMachine();
  process.exitCode = await start();
} catch (error) {
  process.stderr.write(`${error instanceof PlainError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

async function start() {
  const needsEngine = !["env", "serve", "reset"].some((word) => args.includes(word));
  // The first time, the engine is made beside the packages: each takes minutes.
  const early = needsEngine && !packagesAreInstalled();
  const packages = installPackages();
  const engine = early ? findEngine({ packages }) : undefined;
  await Promise.all([packages, engine]);
  require("../../tools/startProgram.cjs");
  const { main } = require("./main.ts");
  return main(args, { findEngine: () => engine ?? findEngine() });
}
