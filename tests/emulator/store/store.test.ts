import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { currentClient, onBehalfOf } from "../../../emulator/store/client";
import { Store } from "../../../emulator/store/store";
import { temporaryFolder } from "../../temporaryFolder";

let folder: string;
const file = () => join(folder, "things.jsonl");

beforeEach(() => {
  folder = temporaryFolder();
});

test("keys are compared without case, values come back as they were, in their order", () => {
  const collection = new Store(folder).collection<{ name: string }>("things");
  collection.put("/Things/B", { name: "B" });
  collection.put("/things/a", { name: "a" });
  collection.put("/THINGS/b", { name: "new" });
  expect(collection.get("/things/B")).toEqual({ name: "new" });
  expect(collection.list("/Things/").map(({ name }) => name)).toEqual(["new", "a"]);
  expect([collection.has("/things/A"), collection.has("/things/c")]).toEqual([true, false]);
});

test("another store in the folder finds everything in its order; nobody else may read", () => {
  const first = new Store(folder).collection<number>("things");
  for (const [index, key] of ["one", "two", "three", "ONE"].entries()) first.put(key, index);
  first.delete("two");
  const again = new Store(folder).collection<number>("things");
  expect(again.list()).toEqual([3, 2]);
  again.put("two", 4);
  expect(new Store(folder).collection<number>("things").list()).toEqual([3, 2, 4]);
  expect(readdirSync(folder)).toEqual(["things.jsonl"]);
  expect(statSync(file()).mode & 0o077).toBe(0);
});

test("a change adds to the file, and what is of the past goes in time", () => {
  const things = new Store(folder).collection<string>("things");
  const text = "x".repeat(1000);
  for (let count = 0; count < 90; count++) things.put(`key-${count}`, text);
  const full = statSync(file()).size;
  things.put("key-0", text);
  expect(statSync(file()).size - full).toBeLessThan(2 * text.length);
  for (let count = 0; count < 1000; count++) things.put("key-0", text);
  expect(statSync(file()).size).toBeLessThan(4 * full);
  expect(statSync(file()).mode & 0o077).toBe(0);
  expect(new Store(folder).collection<string>("things").list()).toHaveLength(90);
  expect(readdirSync(folder)).toEqual(["things.jsonl"]);
});

test("what a killed emulator has not written to its end counts for nothing, and does no harm", () => {
  new Store(folder).collection<number>("things").put("one", 1);
  appendFileSync(file(), '{"key":"one","val');
  writeFileSync(`${file()}.new`, '{"key":"one","val');
  const things = new Store(folder).collection<number>("things");
  expect(things.list()).toEqual([1]);
  things.put("two", 2);
  expect(new Store(folder).collection<number>("things").list()).toEqual([1, 2]);
});

test("a collection in one JSON object, as earlier emulators kept it, is taken over with who made what", () => {
  const old = { one: { value: 1 }, two: { createdBy: "run-1", value: 2 } };
  writeFileSync(join(folder, "things.json"), JSON.stringify(old));
  // What a takeover that was killed has left.
  writeFileSync(file(), '{"key":"one","value":0}\n');
  expect(new Store(folder).collection<number>("things").list()).toEqual([1, 2]);
  expect(readdirSync(folder)).toEqual(["things.jsonl"]);
  expect(new Store(folder).rollBack("run-1", [], ["things"])).toEqual(["two"]);
});

test("a file with a line that is no JSON is named", () => {
  writeFileSync(file(), "{\n");
  expect(() => new Store(folder).collection("things")).toThrow(`cannot read the emulator's state ${file()}`);
  expect(readFileSync(file(), "utf8")).toBe("{\n");
});

test("listeners are told what has been removed, once", () => {
  const collection = new Store(folder).collection<number>("things");
  const told: [string, number][] = [];
  collection.onRemoved((key, value) => told.push([key, value]));
  collection.put("One", 1);
  expect([collection.delete("ONE"), collection.delete("one")]).toEqual([true, false]);
  expect(told).toEqual([["one", 1]]);
});

describe("rolling back", () => {
  test("takes only what the client made first, in the collections that are named, except what is kept", () => {
    const store = new Store(folder);
    const [things, others] = [store.collection<number>("things"), store.collection<number>("others")];
    things.put("before", 0);
    onBehalfOf("run-1", () => {
      for (const key of ["Kept", "lost", "before"]) things.put(key, 1);
      others.put("lost", 1);
    });
    onBehalfOf("run-2", () => {
      things.put("second", 2);
    });
    things.put("lost", 3);
    expect(store.rollBack("run-1", ["KEPT"], ["things"])).toEqual(["lost"]);
    expect(things.list()).toEqual([1, 1, 2]);
    expect(others.has("lost")).toBe(true);
  });

  test("knows after a restart who made what, in collections not opened yet", () => {
    onBehalfOf("run-1", () => {
      new Store(folder).collection<number>("things").put("one", 1);
    });
    const again = new Store(folder);
    expect(again.rollBack("run-2", [], ["things"])).toEqual([]);
    expect(again.rollBack("run-1", [], ["things"])).toEqual(["one"]);
  });
});

test("the client stays known through what it waits for, and not beyond", async () => {
  await onBehalfOf("run-1", async () => {
    await Promise.resolve();
    expect(currentClient()).toBe("run-1");
    onBehalfOf(undefined, () => {
      expect(currentClient()).toBeUndefined();
    });
  });
  expect(currentClient()).toBeUndefined();
});
