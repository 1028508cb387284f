/* global require */
// Read by tsx, which checks no types: in every preview that would take longer than all the rest.
require("tsx/cjs/api").register();
require("./index.ts");
