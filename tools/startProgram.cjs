/**
 * How `pulumi` starts the program (`nodeargs` in Pulumi.yaml) and the policy pack (policy/start.js): from
 * TypeScript as it is, without a build and without type checks, and without loading what is not used. That is most of the
 * time and memory of a start.
 */
"use strict";

const Module = require("node:module");
const process = require("node:process");
const v8 = require("node:v8");

// Compiled code is kept from one start to the next where Node can do that (22.1 and newer).
Module.enableCompileCache?.();

// By itself V8 lets a heap of such a size grow to the fourfold before it looks for what is of no use any more.
v8.setFlagsFromString("--heap-growing-percent=40");

const { ".js": loadJavaScript } = Module._extensions;
require("tsx/cjs");
// tsx would look through each file of each package, and Node for its source map: both are for our own TypeScript only.
Module._extensions[".js"] = withSourceMaps(false, loadJavaScript);
Module._extensions[".ts"] = withSourceMaps(true, Module._extensions[".ts"]);

// Pulumi takes a stack trace of each promise that it makes, for those who look for promises that never end. Its own package
// for positions in TypeScript, and Node too, would look for a source map for each frame of them.
Error.prepareStackTrace = (error, frames) => {
  const shown = isOfPromise(frames) && !process.env.PULUMI_DEBUG_PROMISE_LEAKS ? [] : frames;
  return [Error.prototype.toString.call(error), ...shown.map((frame) => `    at ${located(frame)}`)].join("\n");
};
const pulumi = Module.createRequire(require.resolve("@pulumi/pulumi"));
put("source-map-support/register", pulumi, {});

// Programs that turn functions into text, as dynamic providers do, need a compiler and npm's view of node_modules.
loadWhenUsed("./typescript-shim", pulumi);
loadWhenUsed("@npmcli/arborist", pulumi);
loadWhenUsed("normalize-package-data", pulumi);
// Programs that run other programs.
loadWhenUsed("./automation", pulumi);
// Messages in other languages than English.
loadWhenUsed("zod/v4/locales", require);

function withSourceMaps(enabled, load) {
  return (module, filename) => {
    const before = process.sourceMapsEnabled;
    process.setSourceMapsEnabled(enabled);
    try {
      load(module, filename);
    } finally {
      process.setSourceMapsEnabled(before);
    }
  };
}

function isOfPromise([first]) {
  return first?.getFunctionName() === "debuggablePromise";
}

function located(frame) {
  const file = frame.getFileName();
  const map = file?.endsWith(".ts") ? Module.findSourceMap(file) : undefined;
  if (!map) return String(frame);
  const { originalLine, originalColumn } = map.findEntry(frame.getLineNumber() - 1, frame.getColumnNumber() - 1);
  return String(frame).replace(/:\d+:\d+(?=\)?$)/, `:${originalLine + 1}:${originalColumn + 1}`);
}

/** Another release of a package may have no such file, and then there is nothing to wait with. */
function fileOf(request, require) {
  try {
    return require.resolve(request);
  } catch {
    return undefined;
  }
}

/** Puts something in the place of the CommonJS module `request` that becomes it when somebody looks inside. */
function loadWhenUsed(request, require) {
  const file = fileOf(request, require);
  let loaded;
  const real = () => {
    if (!loaded) {
      delete require.cache[file];
      loaded = require(file);
    }
    return loaded;
  };
  const valueOf = (key) => {
    // What a compiled `import` asks first; with it, `default` means what CommonJS exports as a whole.
    if (key === "__esModule") return true;
    return key === "default" && !real().__esModule ? real() : real()[key];
  };
  put(
    request,
    require,
    new Proxy(
      {},
      {
        get: (_, key) => valueOf(key),
        has: (_, key) => key in real(),
        ownKeys: () => Reflect.ownKeys(real()),
        getOwnPropertyDescriptor: (_, key) =>
          Object.hasOwn(real(), key) ? { value: valueOf(key), enumerable: true, configurable: true } : undefined,
      },
    ),
  );
}

function put(request, require, exports) {
  const file = fileOf(request, require);
  if (file) require.cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports });
}
