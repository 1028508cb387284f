import { readArguments } from "../../emulator/command/arguments";
import { durationText } from "../../emulator/command/duration";

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

test("a configuration file names its stack, so that trying it changes no other", () => {
  const stackOf = (...args: string[]) => readArguments(["preview", "--config-file", ...args]).stack;
  expect(stackOf("elsewhere/Pulumi.trial.yaml")).toBe("trial");
  expect(stackOf("elsewhere/01-typo.yaml")).toBe("01-typo");
  expect(stackOf("elsewhere/01-typo.yaml", "--stack", "dev")).toBe("dev");
  expect(() => stackOf("a b.yaml")).toThrow('--stack: found "a b", expected a name');
});

test("a day is read as one of UTC", () => {
  expect(readArguments(["--as-of", "2024-01-31"]).asOf).toEqual(new Date("2024-01-31T00:00:00Z"));
});

test("durations are read as seconds", () => {
  expect(readArguments(["serve", "--propagation", "2m", "--polling", "1.5s"])).toMatchObject({
    ...{ propagationSeconds: 120, pollingSeconds: 1.5 },
  });
  expect(readArguments(["rotate", "--propagation=0s", "--polling=500ms"])).toMatchObject({
    ...{ propagationSeconds: 0, pollingSeconds: 0.5 },
  });
  expect([0.5, 60, 90, 120].map(durationText)).toEqual(["0.5s", "1m", "90s", "2m"]);
});

test.each([
  [["--propagation", "60"], '--propagation: found "60", expected a duration such as 60s or 2m'],
  [["--propagation=-1s"], /^--propagation: found /],
  [["--polling", "0s"], '--polling: found "0s", expected a duration of more than 0 such as 60s or 2m'],
  [["--polling", "fast"], '--polling: found "fast"'],
  [["preview", "--polling", "2s"], "--polling: found command preview, expected serve, up or rotate"],
  [["--as-of", "2024-02-30"], '--as-of: found "2024-02-30", expected a day such as 2024-01-31'],
  [["--as-of", "yesterday"], '--as-of: found "yesterday"'],
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
