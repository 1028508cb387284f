/** One project a folder of tests/: `npx jest --selectProjects unit`. */
const project = (name, options = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "<rootDir>/tests/environment.mjs",
  transform: {
    "\\.[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // These packages are ES modules only, which jest cannot require as they are.
  transformIgnorePatterns: ["/node_modules/(?!(jose|find-my-way)/)"],
  ...options,
});

module.exports = {
  // Machines of many tests at once are slow.
  testTimeout: 60_000,
  projects: [project("unit"), project("nodes"), project("emulator"), project("engine")],
};
