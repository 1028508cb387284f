/**
 * Where the tests run: Node's own context, with the packages that Node has loaded already. Jest's habit, a new context
 * and every package loaded anew for each test file, took as long as the tests themselves.
 */
import asyncHooks from "node:async_hooks";
import { createRequire } from "node:module";
import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";

/** Jest asks for a context to compile in; who compiles in this one does so in Node's. */
const mainContext = vm.createContext({});
compileInMainContext();
const storages = collectStorages();
/** What a file may listen to in the process and not leave behind. */
const processEvents = ["uncaughtException", "unhandledRejection", "SIGINT", "SIGTERM", "SIGHUP"];

export default class SharedEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    forgetLastFile();
    this.giveProcessBack = processKeeper();
    this.global = globalThis;
    // As jest sets it in a context of its own.
    Error.stackTraceLimit = 100;
    this.context = mainContext;
    this.moduleMocker = new this.moduleMocker.constructor(globalThis);
    this.fakeTimersModern = new this.fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
    // For packages.cjs.
    globalThis.requirePackage = createRequire(import.meta.url);
  }

  handleTestEvent({ name, error, promise }) {
    if (name === "run_start") keepPromisesCheap();
    if (name === "error" && isEndOfEngine(error)) promise?.catch(() => undefined);
  }

  teardown() {
    this.context = null;
    this.fakeTimersModern.dispose();
    // Jest makes one for each file and never leaves it, and every promise of later files would carry it.
    for (const storage of storages) storage.disable();
    this.giveProcessBack();
    return Promise.resolve();
  }
}

/** What jest keeps in the context: its handlers would tell failures to the file before, and its settings would go on. */
function forgetLastFile() {
  const names = ["EVENT_HANDLERS", "TEST_TIMEOUT_SYMBOL", "RETRY_TIMES", "WAIT_BEFORE_RETRY", "RETRY_IMMEDIATELY"];
  for (const name of [...names, "LOG_ERRORS_BEFORE_RETRY"]) delete globalThis[Symbol.for(name)];
}

/** @returns gives the process the environment variables and listeners back that it has now */
function processKeeper() {
  const variables = { ...process.env };
  const listeners = new Map(processEvents.map((name) => [name, process.rawListeners(name)]));
  return () => {
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
