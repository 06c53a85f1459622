#!/usr/bin/env node
/** The compiler of the lock file behind the command line that forge expects, so that nothing is downloaded. */
const { readFileSync } = require("node:fs");
const solc = require("solc");

const args = process.argv.slice(2);
if (args.includes("--version")) {
  console.log("solc, the solidity compiler commandline interface");
  console.log(`Version: ${solc.version().replace("Emscripten.clang", "Linux.g++")}`);
} else if (args.includes("--standard-json")) {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  console.error(`unsupported arguments: ${args.join(" ")}`);
  process.exitCode = 1;
}
