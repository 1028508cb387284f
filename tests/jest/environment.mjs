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

export default class SharedEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
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
    return Promise.resolve();
  }
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
  return [1, 14].includes(error?.code);
}
