/* global require */
// Read as TypeScript without checking types, and without what the pack does not use: as the program, for the same reasons.
require("../tools/startProgram.cjs");
require("./index.ts");
