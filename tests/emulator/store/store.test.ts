import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentClient, onBehalfOf } from "../../../emulator/store/client";
import { Store } from "../../../emulator/store/store";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
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

test("another store in the folder finds everything; no draft is left, nobody else may read", () => {
  new Store(folder).collection<number>("things").put("one", 1);
  expect(new Store(folder).collection<number>("things").get("one")).toBe(1);
  expect(readdirSync(folder)).toEqual(["things.json"]);
  expect(statSync(join(folder, "things.json")).mode & 0o077).toBe(0);
});

test("a file that is no JSON is named", () => {
  const file = join(folder, "things.json");
  writeFileSync(file, "{");
  expect(() => new Store(folder).collection("things")).toThrow(`cannot read the emulator's state ${file}`);
  expect(readFileSync(file, "utf8")).toBe("{");
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
