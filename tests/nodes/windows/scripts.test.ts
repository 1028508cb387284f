import { spawnSync } from "node:child_process";
import { taskCommand, windowsNodeFiles, windowsStartTask } from "../../../nodes/index";
import { makeParser, type Parse } from "./parser";

const scripts = Object.entries(windowsNodeFiles());

/** The text that a command line of ours gives to PowerShell. */
function commandText(commandLine: string): string {
  const text = /^powershell\.exe (?:-\w+ )+Bypass -Command "([^"]*)"$/.exec(commandLine)?.[1];
  if (text === undefined) throw new Error(`found ${commandLine}, expected one text in double quotes after -Command`);
  return text;
}

const commands = [
  ["the start task's", windowsStartTask().commandLine],
  ["a task's", taskCommand("windows", "batchAdminPass")],
  ["a check's", taskCommand("windows", "batchAdminPass", { check: true })],
] as const;

describe("the grammar of Windows PowerShell 5.1", () => {
  let parse: Parse;

  beforeAll(async () => {
    parse = await makeParser();
  }, 60_000);

  test.each(scripts)("takes %s", (_name, text) => {
    expect(parse(text)).toEqual([]);
  });

  test.each(commands)("takes %s command line", (_name, commandLine) => {
    expect(parse(commandText(commandLine))).toEqual([]);
  });

  test("takes the text with which a user's command is run", () => {
    const text = /-Command '(.*)'$/m.exec(windowsNodeFiles()["start.ps1"] ?? "")?.[1]?.replaceAll("''", "'");
    expect(text).toContain("$env:BATCH_KEYVAULT_COMMAND");
    expect(text).not.toContain('"');
    expect(parse(text ?? "")).toEqual([]);
  });

  test.each(["if ($a {", "foo && bar", "foo || bar", "$a = $b ? 1 : 2", "$a = $b ?? 1", "$a ??= 1", "${a}?.b"])(
    "does not take %s",
    (text) => {
      expect(parse(text)).not.toEqual([]);
    },
  );
});

const powershell = ["pwsh", "powershell.exe"].find((name) => spawnSync(name, ["-Version"]).error === undefined);

// PowerShell itself has the last word where there is one.
(powershell ? describe : describe.skip)("PowerShell's own parser", () => {
  const parser =
    "$errors = $null; [void][Management.Automation.Language.Parser]::ParseInput([Console]::In.ReadToEnd(), [ref]$null, [ref]$errors); $errors.Message; exit $errors.Count";

  const parse = (input: string) =>
    spawnSync(powershell ?? "", ["-NoProfile", "-NonInteractive", "-Command", parser], { input, encoding: "utf8" });

  test.each(scripts)("takes %s", (_name, text) => {
    expect(parse(text)).toMatchObject({ status: 0 });
  });

  test("does not take a broken script", () => {
    expect(parse("if ($a {").status).toBeGreaterThan(0);
  });
});
