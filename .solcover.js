const { EventEmitter } = require("node:events");
const { rmSync } = require("node:fs");

/** Marks are numbered through all files, so code compiled by an earlier run reports marks that mean something else now. */
function forgetEarlierRuns({ paths }) {
  rmSync(paths.cache, { recursive: true, force: true });
}

/** In code of the compiler's IR pipeline a mark that begins with zeros loses them, and the line it stands for would never count. */
function avoidMarksWithLeadingZeros() {
  const { prototype } = require("solidity-coverage/lib/injector");
  const nextMark = prototype._getHash;
  prototype._getHash = function (id) {
    let mark;
    do mark = nextMark.call(this, id);
    while (mark.startsWith("0x0"));
    return mark;
  };
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

avoidMarksWithLeadingZeros();

module.exports = {
  skipFiles: ["mocks", "interfaces"],
  configureYulOptimizer: true,
  istanbulReporter: ["text", "html", "json-summary"],
  onPreCompile: forgetEarlierRuns,
  onServerReady: emitStepsAtOnce,
};
