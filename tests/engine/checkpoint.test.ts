import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkpointFile, checkpointResources, maskedOutputs } from "../../emulator/engine/checkpoint";
import { Folders } from "../../emulator/engine/folders";
import { temporaryFolder } from "../temporaryFolder";

const root = temporaryFolder();
writeFileSync(join(root, "Pulumi.yaml"), "name: example\nruntime: nodejs\n");
const folders = new Folders(root);

/** As the engine writes it, whatever the value is. */
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
const stackOf = (outputs: Readonly<Record<string, unknown>>) => ({ type: "pulumi:pulumi:Stack", outputs });

test("a stack that was never deployed has no resources and no outputs", () => {
  expect(checkpointResources(folders, "absent")).toEqual([]);
  expect(maskedOutputs([])).toEqual({});
});

test.each([
  ["removed", {}, []],
  ["deployed", { resources: [stackOf({ a: 1 }), { type: "t", id: "i" }] }, [stackOf({ a: 1 }), { type: "t", id: "i" }]],
])("a stack that was %s has what its state has", (stack, latest, expected) => {
  const file = checkpointFile(folders, stack);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest } }));
  expect(checkpointResources(folders, stack)).toEqual(expected);
});

test("secrets are masked wherever they are, and nothing else is", () => {
  const clear = { text: "v1", list: [1, null, { deep: true }], ciphertext: "in clear" };
  expect(
    maskedOutputs([{ type: "t", outputs: { wrong: 1 } }, stackOf({ ...clear, secret, list: [secret, clear] })]),
  ).toEqual({ ...clear, secret: "[secret]", list: ["[secret]", clear] });
});
