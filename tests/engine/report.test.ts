import { PassThrough } from "node:stream";
import { type Outcome, reportJson, reportText } from "../../emulator/command/report";
import { table, Terminal } from "../../emulator/command/terminal";
import { codeOf } from "../../emulator/command/verify/http";

const read = { pool: "linux", node: "n1", os: "linux", state: "idle", secret: "batchAdminPass", read: true } as const;
const outcome: Outcome = {
  stack: "local",
  changes: { create: 3 },
  replaced: [{ pool: "linux", because: ["vmSize", "taskSlotsPerNode"] }],
  outputs: { tenantId: "t", password: "[secret]" },
  resourceTypes: [
    "azure-native:batch:Pool",
    "azure-native:batch/v20250601:Pool",
    "azuread:index/application:Application",
  ],
  nodes: [
    { ...read, certificate: "AB12", notAfter: "2027-01-02T03:04:05Z", generation: 1, length: 32, reason: null },
    {
      ...{ ...read, pool: "windows", os: "windows", node: "n2", read: null, reason: "no Windows here" },
      ...{ certificate: null, notAfter: null, generation: null, length: null },
    },
  ],
  refused: [
    { case: "the secret without a token", code: "Unauthorized" },
    { case: "something", code: null },
  ],
  problems: [],
  notes: ["Pool burst has no nodes now, so nothing was read there."],
  seconds: 1.25,
};

function terminal(options: { readonly tty?: boolean; readonly json?: boolean }) {
  const stdout = Object.assign(new PassThrough(), { isTTY: options.tty ?? false });
  const stderr = Object.assign(new PassThrough(), { isTTY: options.tty ?? false });
  const words = (stream: PassThrough) => String(stream.read() ?? "");
  return {
    terminal: new Terminal(stdout, stderr, options.json ?? false),
    stdout: () => words(stdout),
    stderr: () => words(stderr),
  };
}

test("the JSON line has exactly the agreed keys", () => {
  expect(JSON.parse(reportJson(outcome))).toEqual({
    stack: "local",
    changes: { create: 3 },
    replaced: outcome.replaced,
    outputs: { tenantId: "t", password: "[secret]" },
    nodes: [
      { ...read, certificate: "AB12", generation: 1, reason: null },
      {
        ...{ ...read, pool: "windows", os: "windows", node: "n2", read: null, reason: "no Windows here" },
        ...{ certificate: null, generation: null },
      },
    ],
    refused: outcome.refused,
  });
  expect(reportJson(outcome)).not.toContain("\n");
});

test("the table tells kinds, nodes, refusals and the time", () => {
  const text = reportText(outcome, terminal({}).terminal).join("\n");
  expect(text).toContain("Stack local: 3 resources (3 create), 1.3 s");
  expect(text).toMatch(/ 2 {2}azure-native batch Pool\n/);
  expect(text).toContain("linux (vmSize, taskSlotsPerNode): another pool is made beside it, then it is deleted");
  expect(text).toContain("Pool burst has no nodes now");
  expect(text).toMatch(/linux +n1 +linux +idle +AB12 +2027-01-02 +batchAdminPass +•+ \(32 characters\)/);
  expect(text).toMatch(/windows +n2 .* not tried: no Windows here/);
  expect(text).toMatch(/the secret without a token +Unauthorized\n +something +was allowed/);
});

describe("colour", () => {
  const known = process.env.NO_COLOR;
  afterEach(() => {
    if (known === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = known;
  });

  test("is for terminals, unless NO_COLOR is set", () => {
    delete process.env.NO_COLOR;
    expect(terminal({ tty: true }).terminal.good("x")).toBe("\x1b[32mx\x1b[0m");
    expect(terminal({ tty: false }).terminal.good("x")).toBe("x");
    process.env.NO_COLOR = "1";
    expect(terminal({ tty: true }).terminal.good("x")).toBe("x");
  });

  test("does not count for columns", () => {
    expect(
      table([
        ["\x1b[32mab\x1b[0m", "c"],
        ["abc", "d"],
      ]),
    ).toEqual(["\x1b[32mab\x1b[0m   c", "abc  d"]);
  });
});

test("with --json only the result goes to stdout", () => {
  const silent = terminal({ json: true });
  silent.terminal.line("words");
  silent.terminal.result("{}");
  expect([silent.stdout(), silent.stderr()]).toEqual(["{}\n", "words\n"]);
  const spoken = terminal({});
  spoken.terminal.line("words");
  expect([spoken.stdout(), spoken.stderr()]).toEqual(["words\n", ""]);
});

test.each([
  [{ error: { code: "Forbidden", innererror: { code: "ForbiddenByPolicy" } } }, "ForbiddenByPolicy"],
  [{ error: { code: "CertificateRetired" } }, "CertificateRetired"],
  [{ code: "NodeNotFound" }, "NodeNotFound"],
  [{ error: "invalid_client", error_description: "AADSTS700027: …" }, "AADSTS700027"],
  [{ error: "invalid_request", error_description: "Identity not found" }, "invalid_request"],
  [{}, "HTTP 403"],
])("the code of %j", (body, code) => {
  expect(codeOf({ status: 403, text: "", body })).toBe(code);
});
