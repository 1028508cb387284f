import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { parse } from "yaml";
import { readArguments } from "../../emulator/command/arguments";
import type { Context } from "../../emulator/command/context";
import { countedBetween } from "../../emulator/command/rotate/counted";
import { paceOf } from "../../emulator/command/rotate/pace";
import {
  forgetRaisedGeneration,
  rememberRaisedGeneration,
  withRaisedGeneration,
} from "../../emulator/command/rotate/raisedGeneration";
import { type Reading, readingsOf, summarize } from "../../emulator/command/rotate/readings";
import {
  rotationJson,
  type RotationOutcome,
  rotationProblems,
  rotationText,
} from "../../emulator/command/rotate/report";
import { settled } from "../../emulator/command/settled";
import { checkConfiguration } from "../../emulator/command/stackCommands";
import { Terminal } from "../../emulator/command/terminal";
import { readConfiguration } from "../../emulator/engine/stackFiles";
import type { Connection } from "../../emulator/server/connect";
import type { Totals } from "../../emulator/server/counts";
import { temporaryFolder } from "../temporaryFolder";
import { CommandLine } from "./commandLine";

const time = (second: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, second)).toISOString();
const reading = (certificate: string | null, second: number, reads: number, failures = {}): Reading => ({
  ...{ certificate, from: time(second), until: time(second + 1), reads, failures },
});
const generations = new Map([
  ["AA", 1],
  ["BB", 2],
]);
const refusal = "AADSTS700027: not registered.";

describe("what tasks tell", () => {
  test("is a line for each sign-in; one that is not whole yet waits", () => {
    const [first, second] = [reading("AA", 0, 20), reading(null, 1, 0, { refused: 1 })];
    const output = `${JSON.stringify(first)}\n${JSON.stringify(second)}\n`;
    expect(readingsOf(output)).toEqual([first, second]);
    expect(readingsOf(output.slice(0, -2))).toEqual([first]);
    expect(readingsOf("")).toEqual([]);
  });

  test("is added up by generation, and failures by reason", () => {
    const traced = (id: number) => ({ [`${refusal} Trace ID: ${id} Timestamp: now`]: 1 });
    const readings = [
      ...[reading("BB", 2, 7), reading("AA", 0, 20), reading("AA", 1, 19, { Forbidden: 1 })],
      ...[reading(null, 3, 0, traced(1)), reading(null, 4, 0, traced(2))],
    ];
    expect(summarize(readings, generations)).toEqual({
      ...{ reads: 46, failed: 3, signIns: 3 },
      reasons: [
        { reason: refusal, count: 2 },
        { reason: "Forbidden", count: 1 },
      ],
      generations: [
        { generation: 1, from: time(0), until: time(2), signIns: 2, reads: 39 },
        { generation: 2, from: time(2), until: time(3), signIns: 1, reads: 7 },
      ],
    });
  });

  test("cannot be of a certificate that the stack does not have", () => {
    expect(() => summarize([reading("CC", 0, 1)], generations)).toThrow("certificate CC, of no generation");
  });
});

test("the emulator's counts are of one application and secret, and of what came in between", () => {
  const at = { first: time(0), last: time(1) };
  const read = { appId: "app", vault: "vault", secret: "batchAdminPass", status: 200, code: "ok", ...at };
  const totals = (ok: number, forbidden: number): Totals => ({
    since: time(0),
    reads: [
      { ...read, count: ok },
      { ...read, status: 403, code: "ForbiddenByPolicy", count: forbidden },
      ...[{ appId: "other" }, { vault: "other" }, { secret: "other" }].map((other) => ({
        ...{ ...read, ...other, count: ok * 100 },
      })),
    ],
    signIns: [
      { appId: "app", code: "ok", thumbprint: "AA", count: ok, ...at },
      { appId: "app", code: "AADSTS700027", thumbprint: "BB", count: forbidden, ...at },
      { appId: "other", code: "ok", count: ok * 100, ...at },
    ],
  });
  const caller = { appId: "app", vault: "vault", secret: "batchadminpass" };
  expect(countedBetween(totals(10, 1), totals(25, 4), caller)).toEqual({
    ...{ reads: 15, refusedReads: 3, signIns: 15, refusedSignIns: 3 },
  });
});

describe("the report", () => {
  const outcome: RotationOutcome = {
    ...{ stack: "local", rotations: 1, nodes: 2, propagationSeconds: 4, pollingSeconds: 120, seconds: 3 },
    ...summarize([reading("AA", 0, 60), reading("BB", 1, 63)], generations),
    counted: { reads: 123, refusedReads: 0, signIns: 2, refusedSignIns: 5 },
  };
  const text = (of: RotationOutcome) =>
    rotationText(of, new Terminal(new PassThrough(), new PassThrough(), false)).join("\n");

  test("tells generations over time, reads and failures", () => {
    const told = text(outcome);
    expect(told).toContain("Stack local: 1 rotations in 3.0 s, read on 2 nodes");
    expect(told).toMatch(/\n {2}1 +12:00:00 +12:00:01 +1 +60\n {2}2 +12:00:01 +12:00:02 +1 +63\n/);
    expect(told).toContain("123 reads (41/s), 0 failed; 2 sign-ins");
    expect(told).toContain("counted 4s after they came or went, nodes looked for certificates every 2m");
    expect(told).toContain("Entra refused 5 tries");
    expect(text({ ...outcome, counted: { ...outcome.counted, refusedSignIns: 0 } })).not.toContain("refused");
  });

  test("is one line with the agreed keys for programs", () => {
    expect(JSON.parse(rotationJson(outcome))).toEqual({
      ...{ rotations: 1, reads: 123, failed: 0, generations: outcome.generations },
    });
    expect(rotationJson(outcome)).not.toContain("\n");
  });

  test("has problems where reads failed, with the first reasons", () => {
    expect(rotationProblems(outcome)).toEqual([]);
    const reasons = [3, 1, 1, 1].map((count, index) => ({ reason: `reason ${index}`, count }));
    expect(rotationProblems({ ...outcome, failed: 6, reasons })).toEqual([
      "6 of 129 reads failed:",
      "  3 times: reason 0",
      "  once: reason 1",
      "  once: reason 2",
    ]);
  });

  test.each([{ reads: 124 }, { reads: 122 }, { refusedReads: 1 }])("and where the emulator saw %j", (seen) => {
    const [problem, ...others] = rotationProblems({ ...outcome, counted: { ...outcome.counted, ...seen } });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^the emulator counted \d+ reads and \d refused ones, tasks 123 and 0: expected the same/);
  });
});

test("what is under way is waited for, and told once", async () => {
  const answers = [time(5), time(5), null].map((settlesAt) => ({ time: time(1), settlesAt }));
  const connection = { status: () => Promise.resolve(answers.shift()) } as unknown as Connection;
  const heard = new PassThrough();
  const { signal } = new AbortController();
  await settled({ terminal: new Terminal(heard, heard, false), signal } as Context, connection);
  expect(answers).toEqual([]);
  expect(String(heard.read())).toBe("credentials and rights count in 4 s\n");
});

test("the pace is what is asked for, or what the emulator has been told, or one to wait for", () => {
  const untold = { propagationSeconds: 0, pollingSeconds: null };
  expect(paceOf({}, untold)).toEqual({ propagationSeconds: 4, pollingSeconds: 8 });
  expect(paceOf({}, { propagationSeconds: 60, pollingSeconds: 2 })).toEqual({
    ...{ propagationSeconds: 60, pollingSeconds: 2 },
  });
  expect(paceOf({ propagationSeconds: 0, pollingSeconds: 1 }, { propagationSeconds: 60, pollingSeconds: 2 })).toEqual({
    ...{ propagationSeconds: 0, pollingSeconds: 1 },
  });
});

describe("a raised generation", () => {
  const line = new CommandLine(temporaryFolder());
  const heard = new PassThrough();
  const context: Context = {
    arguments: readArguments(["up", "--stack", "test"]),
    folders: line.folders,
    terminal: new Terminal(heard, heard, false),
    signal: new AbortController().signal,
    findEngine: () => Promise.reject(new Error("nothing is deployed here")),
  };
  const effective = () => withRaisedGeneration(context, checkConfiguration(context));
  const file = join(line.folders.repository, "Pulumi.test.yaml");
  let original: string;

  beforeAll(() => {
    line.configure("test", { "batch-keyvault:certificate": { keyBits: 3072 }, "batch-keyvault:tags": { a: "b" } });
    original = readFileSync(file, "utf8");
  });

  test("there is none before a rotation", () => {
    expect(effective()).toBe(context);
  });

  test("counts in place of the file's, all else as the file says, which stays as it is", () => {
    rememberRaisedGeneration(context, 3);
    const raised = effective();
    expect(checkConfiguration(raised).certificate).toMatchObject({ generation: 3, keyBits: 3072 });
    const { stack } = readConfiguration(raised.folders, "test");
    const own = (parse(original) as { config: Record<string, unknown> }).config;
    expect(stack).toEqual({ ...own, "batch-keyvault:certificate": { keyBits: 3072, generation: 3 } });
    expect(String(heard.read())).toBe("certificate.generation is 3, as rotate raised it; Pulumi.test.yaml has 1\n");
    expect(readFileSync(file, "utf8")).toBe(original);
  });

  test("counts also where the file has no certificate of its own: then Pulumi.yaml's does", () => {
    line.configure("test", {});
    expect(checkConfiguration(effective()).certificate).toMatchObject({ generation: 3, warnBeforeDays: 45 });
    heard.read();
  });

  test("counts no longer where the file has caught up, or when it was forgotten", () => {
    line.configure("test", { "batch-keyvault:certificate": { generation: 3 } });
    expect(effective()).toBe(context);
    line.configure("test", {});
    expect(effective()).not.toBe(context);
    forgetRaisedGeneration(context);
    expect(effective()).toBe(context);
    expect(existsSync(join(line.folders.stack("test"), "raised"))).toBe(false);
  });
});
