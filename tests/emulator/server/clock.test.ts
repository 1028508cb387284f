import { Clock } from "../../../emulator/server/clock";
import { temporaryFolder } from "../../temporaryFolder";
import { TestEmulator } from "../harness";

describe("Azure's clock", () => {
  const noon = new Date("2026-11-24T12:00:00Z");
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  test("is the machine's until it is advanced, and goes on with it from there", () => {
    let machine = noon;
    const clock = new Clock(folder, () => machine);
    expect(clock.now()).toEqual(noon);
    clock.advance(3600);
    clock.advance(0.5);
    expect(clock.now()).toEqual(new Date("2026-11-24T13:00:00.500Z"));
    machine = new Date("2026-11-25T12:00:00Z");
    expect(clock.now()).toEqual(new Date("2026-11-25T13:00:00.500Z"));
    expect(clock.machine()).toEqual(machine);
  });

  test("stays ahead for whoever opens its folder next", () => {
    new Clock(folder, () => noon).advance(60);
    expect(new Clock(folder, () => noon).offsetSeconds).toBe(60);
  });

  test.each([-1, -0.001, NaN, Infinity, 900 * 365 * 24 * 3600])("is not moved by %d seconds", (seconds) => {
    const clock = new Clock(folder, () => noon);
    expect(() => {
      clock.advance(seconds);
    }).toThrow(/expected 0 or more, up to the year 2900/);
    expect(clock.offsetSeconds).toBe(0);
    expect(new Clock(folder, () => noon).offsetSeconds).toBe(0);
  });
});

describe("the control API", () => {
  let emulator: TestEmulator;
  const noon = new Date("2026-11-24T12:00:00Z");

  beforeAll(async () => {
    emulator = await TestEmulator.start(noon);
  });

  afterAll(async () => {
    await emulator.stop();
  });

  test("tells Azure's time, and advances it alone", async () => {
    const connection = await emulator.connection();
    expect(await connection.status()).toMatchObject({ time: noon.toISOString(), clockOffsetSeconds: 0 });
    const day = { time: "2026-11-25T12:00:00.000Z", clockOffsetSeconds: 86_400 };
    expect(await connection.advanceClock(86_400)).toMatchObject(day);
    expect(emulator.world.clock()).toEqual(new Date(day.time));
    expect(emulator.world.clientClock()).toEqual(noon);
    await emulator.restart();
    expect(await (await emulator.connection()).status()).toMatchObject(day);
  });

  test("refuses to turn it back, and seconds that are no number", async () => {
    const connection = await emulator.connection();
    await expect(connection.advanceClock(-1)).rejects.toThrow(/400.*cannot advance the clock by -1 seconds/);
    await expect(connection.advanceClock("60" as never)).rejects.toThrow(/400.*expected 'advanceSeconds', a number/);
    expect((await connection.status()).clockOffsetSeconds).toBe(86_400);
  });

  test("the day that is emulated is Azure's, unless another was asked for", async () => {
    expect(emulator.world.asOf()).toEqual(emulator.world.clock());
    expect((await emulator.connection()).asOf).toBeUndefined();
    await emulator.restart(new Date("2026-11-24"));
    expect((await emulator.connection()).asOf).toBe("2026-11-24");
  });
});
