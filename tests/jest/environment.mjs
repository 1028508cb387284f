/**
 * Where the tests run: Node's own context, with the packages that Node has loaded already. Jest's habit, a new context
 * and every package loaded anew for each test file, took as long as the tests themselves.
 */
import asyncHooks from "node:async_hooks";
import { createRequire } from "node:module";
import vm from "node:vm";

const require = createRequire(import.meta.url);
// Jest's own, of the release that runs.
const requireOfJest = createRequire(require.resolve("jest-environment-node"));
const { ModuleMocker } = requireOfJest("jest-mock");
const { ModernFakeTimers } = requireOfJest("@jest/fake-timers");

/** Jest asks for a context to compile in; who compiles in this one does so in Node's. */
const mainContext = vm.createContext({});
compileInMainContext();
const storages = collectStorages();
/** What a file may listen to in the process and not leave behind. */
const processEvents = ["uncaughtException", "unhandledRejection", "SIGINT", "SIGTERM", "SIGHUP"];

export default class SharedEnvironment {
  global = globalThis;
  context = mainContext;
  fakeTimers = null;
  moduleMocker = new ModuleMocker(globalThis);

  constructor(config) {
    forgetLastFile();
    this.giveProcessBack = processKeeper();
    // As jest sets it in a context of its own.
    Error.stackTraceLimit = 100;
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
    // For packages.cjs.
    globalThis.requirePackage = require;
  }

  async setup() {}

  getVmContext() {
    return this.context;
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  handleTestEvent({ name, error, promise }) {
    if (name === "run_start") keepPromisesCheap();
    if (name === "error" && isEndOfEngine(error)) promise?.catch(() => undefined);
  }

  async teardown() {
    this.context = null;
    this.fakeTimersModern.dispose();
    // Jest makes one for each file and never leaves it, and every promise of later files would carry it.
    for (const storage of storages) storage.disable();
    this.giveProcessBack();
  }
}

/**
 * What jest keeps in the context: its handlers would tell failures to the file before, its settings would go on, and its
 * state, a symbol of its own for each file, would hold all that the file has loaded.
 */
function forgetLastFile() {
  const names = ["EVENT_HANDLERS", "TEST_TIMEOUT_SYMBOL", "RETRY_TIMES", "WAIT_BEFORE_RETRY", "RETRY_IMMEDIATELY"];
  const kept = new Set([...names, "LOG_ERRORS_BEFORE_RETRY", "JEST_STATE_SYMBOL"]);
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (kept.has(symbol.description)) delete globalThis[symbol];
  }
}

/** @returns gives the process the environment variables, listeners and functions back that it has now */
function processKeeper() {
  // Jest's own hold all that the file has loaded.
  const { exit, getBuiltinModule } = process;
  const variables = { ...process.env };
  const listeners = new Map(processEvents.map((name) => [name, process.rawListeners(name)]));
  return () => {
    Object.assign(process, { exit, getBuiltinModule });
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
    for (const [name, kept] of listeners) {
      for (const listener of process.rawListeners(name)) {
        if (!kept.includes(listener)) process.removeListener(name, listener);
      }
    }
  };
}

function compileInMainContext() {
  const { compileFunction } = vm;
  vm.compileFunction = (text, parameters, options) => {
    const isOurs = options?.parsingContext === mainContext;
    return compileFunction(text, parameters, isOurs ? { ...options, parsingContext: undefined } : options);
  };
}

function collectStorages() {
  const found = new Set();
  asyncHooks.AsyncLocalStorage = class extends asyncHooks.AsyncLocalStorage {
    constructor(...options) {
      super(...options);
      found.add(this);
    }
  };
  return found;
}

/** Pulumi takes a stack trace of each promise that it makes, and jest would look up the source of every frame of it. */
function keepPromisesCheap() {
  const thorough = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? String(error) : thorough(error, frames);
}

/**
 * Whether it is what gRPC says to calls that are under way when the engine ends, CANCELLED or UNAVAILABLE: calls that a
 * failed update leaves unanswered are nobody's mistake, and @pulumi/pulumi does not tell them either.
 */
function isEndOfEngine(error) {
  // A program that ended with 1 is an error of code 1 too, but has no details.
  return [1, 14].includes(error?.code) && "details" in error;
}
