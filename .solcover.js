const { EventEmitter } = require("node:events");
const { rmSync } = require("node:fs");

/** Marks are numbered through all files, so code compiled by an earlier run reports marks that mean something else now. */
function forgetEarlierRuns({ paths }) {
  rmSync(paths.cache, { recursive: true, force: true });
}

/**
 * The network hands over each EVM step of a call by an emitter that makes promises, which live until the whole call was seen:
 * about a kilobyte a step, and long calls have millions. The collector is synchronous; so it is called at once.
 */
function emitStepsAtOnce() {
  let { provider } = require("hardhat").network;
  while (provider._wrapped) provider = provider._wrapped;
  provider._node._vm.evm.events.emit = EventEmitter.prototype.emit;
}

module.exports = {
  skipFiles: ["mocks", "interfaces"],
  configureYulOptimizer: true,
  istanbulReporter: ["text", "html", "json-summary"],
  onPreCompile: forgetEarlierRuns,
  onServerReady: emitStepsAtOnce,
};
