import { readArguments } from "../../emulator/command/arguments";

test("nothing means: deploy stack local", () => {
  expect(readArguments([])).toEqual({
    ...{ command: "up", stack: "local", providers: "auto", diff: false, json: false, help: false },
  });
});

test("options stand before and after the command", () => {
  const read = readArguments([
    "--stack",
    "dev",
    "preview",
    "--diff",
    "--providers=bundled",
    "--record",
    "requests.jsonl",
  ]);
  expect(read).toMatchObject({
    ...{ command: "preview", stack: "dev", diff: true, providers: "bundled", record: "requests.jsonl" },
  });
});

test.each([
  [["preveiw"], "unknown command preveiw: did you mean preview?"],
  [["launch-it-all"], /^unknown command launch-it-all: expected one of up, preview/],
  [["--stak", "dev"], "unknown option --stak: did you mean --stack?"],
  [["--providers", "offical"], "unknown --providers offical: did you mean official?"],
  [["up", "destroy"], "found a second command destroy after up, expected one"],
  [["--stack", "../x"], /^--stack: found "..\/x", expected a name/],
  [["--stack"], "--stack: found no value, expected one"],
  [["--json=yes"], "--json: expected no value"],
])("%j is refused in one line", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});
