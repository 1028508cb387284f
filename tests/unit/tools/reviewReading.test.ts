import type { EngineEvent } from "@pulumi/pulumi/automation";
import { previewJson } from "../../../emulator/command/previewJson";
import { isResource } from "../../../tools/review/preview";
import { readPreview } from "../../../tools/review/readPreview";
import { leaves, valueAt } from "../../../tools/review/values";
import { recorded, recordedText } from "./reviewPreviews";

describe("both forms of a preview", () => {
  test.each(["fresh", "pool"])("tell the same changes of %s", (name) => {
    const changed = (file: string) =>
      recorded(file)
        .steps.filter((step) => isResource(step) && step.operation !== "same")
        .map(({ operation, urn, changes, after }) => ({ operation, urn, changes, inputs: after?.inputs }))
        .sort((a, b) => (a.urn < b.urn ? -1 : 1));
    const [events, digest] = [changed(`${name}.jsonl`), changed(`${name}.json`)];
    expect(digest.length).toBeGreaterThan(2);
    expect(digest.map(({ urn }) => urn)).toEqual(events.map(({ urn }) => urn));
    // The digest of another run has other names made up.
    if (name === "pool") expect(digest).toEqual(events);
  });

  test("differ in what else they tell", () => {
    const [events, digest] = [recorded("pool.jsonl"), recorded("pool.json")];
    expect([events.isComplete, digest.isComplete]).toEqual([true, false]);
    expect(events.policies?.packs).toEqual(["batch-keyvault"]);
    expect(digest.policies).toBeUndefined();
    expect(digest.diagnostics).toEqual(events.diagnostics);
  });
});

test("the emulator hands out all events but messages to debug the engine, which can hold secrets in clear", () => {
  const message = (severity: string) => {
    const diagnosticEvent = { message: `a ${severity}`, severity, color: "never" };
    return { sequence: 1, timestamp: 0, diagnosticEvent } as EngineEvent;
  };
  const text = previewJson([message("debug"), message("warning"), { sequence: 2, timestamp: 0, cancelEvent: {} }]);
  expect(text.trim().split("\n")).toHaveLength(2);
  expect(readPreview(text).diagnostics.map((each) => each.message)).toEqual(["a warning"]);
});

test("a replacement is told once", () => {
  const text = recordedText("pool.jsonl");
  expect(text).toContain('"op":"create-replacement"');
  const operations = recorded("pool.jsonl").steps.map(({ operation }) => operation);
  expect(operations).not.toEqual(expect.arrayContaining(["create-replacement"]));
  expect(operations.filter((operation) => operation === "replace")).toHaveLength(2);
});

test("what a refresh finds is a change, and what it finds unchanged is none", () => {
  const event = (kind: string, op: string, more: object = {}) =>
    JSON.stringify({ sequence: 0, [kind]: { metadata: { op, urn: "urn:pulumi:s::p::a:b:C::c", ...more } } });
  const before = event("resourcePreEvent", "refresh");
  const drifted = event("resOutputsEvent", "update", { detailedDiff: { tags: { diffKind: "update" } } });
  expect(readPreview(`${before}\n${drifted}`).steps).toMatchObject([{ operation: "update", name: "c" }]);
  expect(readPreview(`${before}\n${event("resOutputsEvent", "refresh")}`).steps).toMatchObject([
    { operation: "refresh" },
  ]);
});

describe("values", () => {
  const withInputs = (inputs: object) => {
    const state = { inputs, outputs: {}, custom: true };
    const metadata = { op: "create", urn: "urn:pulumi:s::p::a:b:C::c", new: state };
    return readPreview(JSON.stringify({ sequence: 0, resourcePreEvent: { metadata } })).steps[0]?.after?.inputs;
  };

  test("secrets are hidden, and what is not known yet is told as such", () => {
    const blinded = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "c2VjcmV0" };
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMII…";
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(withInputs({ a: [blinded], b: key, c: `id-${unknown}`, d: { e: unknown }, __own: 1, f: "clear" })).toEqual({
      ...{ a: ["[secret]"], b: "[secret]", c: "id-[unknown]", d: { e: "[unknown]" }, f: "clear" },
    });
  });

  test("debug messages, which can hold secrets in clear, are never read", () => {
    const message = (severity: string, ephemeral = false) =>
      JSON.stringify({ sequence: 0, diagnosticEvent: { message: `<{%fg 1%}>${severity}\n`, severity, ephemeral } });
    const text = [message("debug"), message("info"), message("warning"), message("error", true)].join("\n");
    expect(readPreview(text).diagnostics).toEqual([{ severity: "warning", message: "warning", resource: undefined }]);
  });

  test("paths of the engine lead to them", () => {
    const value = { a: [{ "b.c": { d: 1 } }], empty: {} };
    expect(valueAt(value, 'a[0]["b.c"].d')).toBe(1);
    expect(valueAt(value, "a[1].x")).toBeUndefined();
    expect(leaves(value)).toEqual([
      ['a[0]."b.c".d', 1],
      ["empty", {}],
    ]);
  });
});

describe("anything else is refused in one line", () => {
  test.each([
    ["", "preview: found nothing, expected what pulumi preview --json prints"],
    ["Previewing update (dev)", "preview: found no JSON object in line 1, expected"],
    ['{"sequence":1}\nerror: no such stack', "preview: found no JSON object in line 2, expected"],
    ['{"name":"x"}', "preview: found other JSON, expected"],
    ["[1,2]", "preview: found no JSON object in line 1, expected"],
    ['{\n"name": "x"\n}', "preview: found other JSON, expected"],
    ['{"steps":[{"op":"create"}]}', "preview: digest.steps.0.urn: "],
    [
      '{"sequence":1,"resourcePreEvent":{"metadata":{"op":1,"urn":"u"}}}',
      "preview: event 1.resourcePreEvent.metadata.op: ",
    ],
  ])("%j", (text, message) => {
    expect(() => readPreview(text)).toThrow(message);
    expect(() => readPreview(text)).toThrow(/^[^\n]+$/);
  });

  test("an empty preview is one without changes", () => {
    expect(readPreview('{"changeSummary":{}}').steps).toEqual([]);
  });
});
