module.exports = {
  skipFiles: ["mocks", "interfaces"],
  configureYulOptimizer: true,
  istanbulReporter: ["text", "html", "json-summary"],
  // The committed bindings stay as they are: they must not take the instrumented bytecode.
  onPreCompile: (config) => {
    config.typechain.dontOverrideCompile = true;
  },
};
