/** Takes a package's file as Node has it: see environment.mjs. */
const code = "module.exports = requirePackage(__filename);";

module.exports = {
  process: () => ({ code }),
  getCacheKey: () => code,
};
