import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { rawConfigOf } from "../../../settings";
import { problemsOf } from "./config";

const root = join(__dirname, "../../..");
const folder = join(root, "tests/wrong-configurations");
const files = readdirSync(folder).sort();
const configIn = (text: string) => (parse(text) as { config: Record<string, unknown> }).config;
const projectConfig = configIn(readFileSync(join(root, "Pulumi.yaml"), "utf8"));

/** The comment that a file starts with. */
const messagesOf = (text: string) =>
  text
    .slice(0, text.indexOf("\n\n"))
    .split("\n")
    .map((line) => line.replace(/^# /, ""));

test("there are twenty, numbered", () => {
  expect(files.map((file) => Number(/^(\d\d)-[a-z0-9-]+\.yaml$/.exec(file)?.[1]))).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test.each(files)("%s is refused with the messages that it starts with, and no others", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const problems = problemsOf(rawConfigOf(projectConfig, configIn(text)), { isSecret: () => false });
  expect(problems).toEqual(messagesOf(text));
});
