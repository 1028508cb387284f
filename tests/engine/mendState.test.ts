import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Folders } from "../../emulator/engine/folders";
import { mendState } from "../../emulator/engine/mendState";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();
writeFileSync(join(root, "Pulumi.yaml"), "name: example\nruntime: nodejs\n");
const folders = new Folders(root);
const stacks = join(folders.backend, ".pulumi/stacks/example");
const history = join(folders.backend, ".pulumi/history/example/local");
for (const folder of [stacks, history]) mkdirSync(folder, { recursive: true });
const checkpoint = join(stacks, "local.json");

function leave(text: string, earlier?: string): void {
  writeFileSync(checkpoint, text);
  writeFileSync(`${checkpoint}.attrs`, "{}");
  if (earlier !== undefined) writeFileSync(`${checkpoint}.bak`, earlier);
}

test("a whole state stays as it is, whatever is kept beside it", () => {
  leave('{"version":3}', '{"version"');
  mendState(folders, "local");
  expect(readFileSync(checkpoint, "utf8")).toBe('{"version":3}');
});

test.each(["", '{"version":3,"checkpo'])("of a state that was cut off (%j) the one before it counts", (text) => {
  leave(text, '{"version":2}');
  mendState(folders, "local");
  expect(readFileSync(checkpoint, "utf8")).toBe('{"version":2}');
});

test("a first state that was cut off is no state", () => {
  leave("", "");
  mendState(folders, "local");
  expect([checkpoint, `${checkpoint}.attrs`].map(existsSync)).toEqual([false, false]);
  mendState(folders, "local");
});

test("of the history only what was cut off goes", () => {
  const [good, bad] = [join(history, "local-1.history.json"), join(history, "local-2.history.json")];
  writeFileSync(good, "{}");
  writeFileSync(bad, "{");
  mendState(folders, "local");
  expect([good, bad].map(existsSync)).toEqual([true, false]);
});

test("attributes of a file that were cut off go, whole ones stay", () => {
  leave('{"version":3}');
  const lock = join(folders.backend, ".pulumi/locks");
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, "1.json.attrs"), "");
  mendState(folders, "local");
  expect(existsSync(join(lock, "1.json.attrs"))).toBe(false);
  expect(existsSync(`${checkpoint}.attrs`)).toBe(true);
});
