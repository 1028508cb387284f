/** What tests share with all others of their worker; to load it for each test file took as long as the tests. */
const sharedPackages =
  "@azure|@grpc|@microsoft|@peculiar|@pulumi|eslint|fast-check|find-my-way|google-protobuf|jose|typescript|yaml|zod";

/** One project a folder of tests/: `npx jest --selectProjects unit`. */
const project = (name, more = {}) => ({
  displayName: name,
  roots: [`<rootDir>/tests/${name}`],
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  globalSetup: "<rootDir>/tests/jest/startRun.ts",
  globalTeardown: "<rootDir>/tests/jest/endRun.ts",
  testEnvironment: "<rootDir>/tests/jest/environment.mjs",
  transform: {
    [`/node_modules/(${sharedPackages})/.*\\.[cm]?js$`]: "<rootDir>/tests/jest/packages.cjs",
    "\\.[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // A spy on a shared package would outlive its file.
  restoreMocks: true,
  transformIgnorePatterns: [`/node_modules/(?!(${sharedPackages})/)`],
  ...more,
});

module.exports = {
  // Machines of many tests at once are slow.
  testTimeout: 60_000,
  projects: [
    ...["unit", "nodes", "emulator"].map((name) => project(name)),
    // Keys of stacks are kept.
    project("engine", { moduleNameMapper: { "^\\./generateKey$": "<rootDir>/tests/engine/keptKeys.ts" } }),
  ],
};
