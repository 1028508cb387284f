/** `npm test`'s lint: prints what ESLint finds, and ends with 1 where that is an error. */
import { join } from "node:path";
import { lint } from "./lint";

async function main(): Promise<void> {
  const root = join(__dirname, "../..");
  const { good, text } = await lint(root, join(root, ".local/cache/checks/lint.json"));
  process.stdout.write(text);
  process.exitCode = good ? 0 : 1;
}

void main();
