import fc from "fast-check";
import { PropagatingStore } from "../../../emulator/server/propagatingStore";
import { temporaryFolder } from "../../temporaryFolder";

interface Policy {
  readonly grant: number;
}

const delaySeconds = 60;
let folder: string;
let seconds: number;

beforeEach(() => {
  folder = temporaryFolder();
  seconds = 1000;
});

function open(delay = delaySeconds): PropagatingStore {
  const store = new PropagatingStore(folder, () => new Date(seconds * 1000));
  store.setDelay(delay);
  return store;
}

const policies = (store: PropagatingStore) => store.collection<Policy>("vault-access-policies");
const arrived = (store: PropagatingStore, key = "a") =>
  store.asPropagated(() => policies(store).get(key)?.grant ?? null);

test("a new entry is there at once, and arrives after the delay", () => {
  const store = open();
  policies(store).put("A", { grant: 1 });
  expect(policies(store).list()).toEqual([{ grant: 1 }]);
  expect(arrived(store)).toBeNull();
  expect(store.asPropagated(() => [policies(store).has("a"), policies(store).list()])).toEqual([false, []]);
  expect(store.settlesAt).toEqual(new Date(1060_000));
  seconds += 59;
  expect(arrived(store)).toBeNull();
  seconds += 1;
  expect(arrived(store)).toBe(1);
  expect(store.settlesAt).toBeUndefined();
});

test("a removed entry is gone at once, and counts until its removal has arrived", () => {
  const store = open(0);
  policies(store).put("a", { grant: 1 });
  store.setDelay(delaySeconds);
  expect(policies(store).delete("a")).toBe(true);
  expect(policies(store).get("a")).toBeUndefined();
  expect(arrived(store)).toBe(1);
  expect(store.asPropagated(() => policies(store).list())).toEqual([{ grant: 1 }]);
  seconds += delaySeconds;
  expect(arrived(store)).toBeNull();
});

test("nothing waits where there is no delay", () => {
  const store = open(0);
  policies(store).put("a", { grant: 1 });
  expect(arrived(store)).toBe(1);
  policies(store).delete("a");
  expect(arrived(store)).toBeNull();
  expect(store.settlesAt).toBeUndefined();
});

test("other entries are known everywhere at once: secrets, resources that are no role assignment, managed identities", () => {
  const store = open();
  store.collection("vault-secrets").put("a", { name: "one" });
  store.collection("arm-resources").put("a", { type: "Microsoft.KeyVault/vaults" });
  store.collection("service-principals").put("a", { servicePrincipalType: "ManagedIdentity" });
  const known = () =>
    ["vault-secrets", "arm-resources", "service-principals"].map((name) => store.collection(name).has("a"));
  expect(store.asPropagated(known)).toEqual([true, true, true]);
  store.collection("arm-resources").put("b", { type: "Microsoft.Authorization/roleAssignments" });
  store.collection("service-principals").put("b", { servicePrincipalType: "Application" });
  const late = () => ["arm-resources", "service-principals"].map((name) => store.collection(name).has("b"));
  expect([late(), store.asPropagated(late)]).toEqual([
    [true, true],
    [false, false],
  ]);
});

test("a shorter delay hastens what is under way, a longer one is for what comes then", () => {
  const store = open();
  policies(store).put("a", { grant: 1 });
  seconds += 20;
  store.setDelay(30);
  expect(store.settlesAt).toEqual(new Date(1030_000));
  store.setDelay(600);
  expect(store.settlesAt).toEqual(new Date(1030_000));
  policies(store).put("b", { grant: 2 });
  seconds += 10;
  expect([arrived(store), arrived(store, "b")]).toEqual([1, null]);
  store.setDelay(0);
  expect(arrived(store, "b")).toBe(2);
});

test("a restart changes nothing; without the delay nothing is under way any more", () => {
  policies(open()).put("a", { grant: 1 });
  seconds += 30;
  expect(arrived(open())).toBeNull();
  seconds += 30;
  expect(arrived(open())).toBe(1);
  policies(open()).delete("a");
  expect(arrived(open())).toBe(1);
  expect(arrived(open(0))).toBeNull();
});

test.each([-1, NaN, Infinity])("a delay of %d seconds is refused", (delay) => {
  const store = open();
  expect(() => {
    store.setDelay(delay);
  }).toThrow(/expected 0 or more/);
  expect(store.delaySeconds).toBe(delaySeconds);
});

test("whatever is done, what has arrived is what there was a delay ago", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c"),
    grant: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
    wait: fc.integer({ min: 0, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      folder = temporaryFolder();
      seconds = 1000;
      let store = open();
      const history: { at: number; entries: ReadonlyMap<string, number> }[] = [{ at: 0, entries: new Map() }];
      for (const [index, { key, grant, wait }] of steps.entries()) {
        const entries = new Map(history.at(-1)?.entries);
        if (grant === null) entries.delete(key);
        else entries.set(key, grant);
        if (grant === null) policies(store).delete(key);
        else policies(store).put(key, { grant });
        history.push({ at: seconds, entries });
        seconds += wait;
        if (index % 5 === 4) store = open();
        const then = history.filter(({ at }) => at <= seconds - delaySeconds).at(-1)?.entries ?? new Map();
        const listed = store.asPropagated(() => policies(store).list()).map(({ grant: value }) => value);
        expect(listed.sort()).toEqual([...then.values()].sort());
        for (const each of ["a", "b", "c"]) expect(arrived(store, each)).toBe(then.get(each) ?? null);
      }
    }),
    { numRuns: 100 },
  );
});
