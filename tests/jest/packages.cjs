/** Takes a package's file as Node has it: see environment.mjs. */
module.exports = {
  process: () => ({ code: "module.exports = requirePackage(__filename);" }),
  getCacheKey: () => "requirePackage",
};
