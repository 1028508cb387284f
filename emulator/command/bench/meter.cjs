/** Loaded into a measured process before its program: tells on descriptor 3, when it ends, what it has used. */
"use strict";

const { writeSync } = require("node:fs");
const process = require("node:process");

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peakKibibytes: maxRSS, cpuMicroseconds: userCPUTime + systemCPUTime }));
});
