/** `npm run demo`: the whole system at work on this machine, from an empty chain to a revoked policy. */
import hre from "hardhat";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { NkmsError } from "../../src/errors";
import { passPeriods } from "./earning";
import { readRevoked, revokePolicy } from "./ending";
import { invite, openWorld, stakeOperators, startNodes, tellContracts } from "./opening";
import { run } from "./operators";
import { type DemoOptions, readOptions, USAGE } from "./options";
import { killOne, readAmongLiars, readAsBob, shareWithBob, storeFile } from "./sharing";
import { Story } from "./story";
import { closeWorld, type World } from "./world";

const STEPS = 10;
const FILE = join(__dirname, "..", "..", "README.md");

async function tell(story: Story, options: DemoOptions, home: string, opened: (world: World) => void): Promise<void> {
  const world = await openChain(story, options, home, opened);
  await story.step(`${options.nodes} operators stake`, (telling) => stakeOperators(world, options, telling));
  await story.step("Their nodes start", (telling) => startNodes(world, telling));
  const [alice, bob] = [await invite(world, "alice"), await invite(world, "bob")];
  await story.step("Alice encrypts and stores a file", (telling) => storeFile(alice, FILE, telling));
  const grant = await share(story, world);
  await story.step("Bob reads", (telling) => readAsBob(world, bob, grant, telling));
  const victim = await story.step("A node is killed, Bob reads on", async (telling) => {
    const killed = await killOne(world, grant, telling);
    return { killed: killed.name, ...(await readAsBob(world, bob, grant, telling)) };
  });
  await story.step("A second node lies, and is named", async (telling) => {
    const facts = await readAmongLiars(world, bob, grant, telling);
    const back = world.operators.find(({ name }) => name === victim.killed)!; // killed above
    await run(world, back);
    telling.line(`${back.name} starts again on its own disk: Bob reads`);
    return { ...facts, afterwards: await readAsBob(world, bob, grant, telling) };
  });
  await story.step("Periods pass, rewards are claimed", (telling) => passPeriods(world, telling));
  await story.step("Alice revokes, Bob is refused", async (telling) => ({
    ...(await revokePolicy(world, alice, grant, telling)),
    bob: await readRevoked(world, bob, telling),
  }));
}

async function openChain(story: Story, { seed }: DemoOptions, home: string, opened: (world: World) => void) {
  let world: World | undefined;
  await story.step("Chain and contracts", async (telling) => {
    world = await openWorld(hre, home, seed);
    opened(world);
    return tellContracts(world, telling);
  });
  return world!; // the step above returned
}

async function share(story: Story, world: World) {
  const [alice, bob] = [world.clients.get("alice")!, world.clients.get("bob")!]; // both were invited
  const { grant } = await story.step("Alice shares with Bob: any 2 of 3 nodes", (telling) =>
    shareWithBob(world, alice, bob, telling),
  );
  return grant;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options) await play(options);
  else process.stdout.write(`${USAGE}\n`);
}

async function play(options: DemoOptions): Promise<void> {
  const story = new Story(STEPS, options.json);
  const home = await mkdtemp(join(tmpdir(), "nkms-demo-"));
  let world: World | undefined;
  try {
    story.say(
      `\n nkms demo   seed ${options.seed}, ${options.nodes} nodes   (try: npm run demo -- --seed 8 --nodes 12)`,
    );
    story.say(" Periods are 10 minutes and keys use light scrypt here; a real network takes days and slow hashing.\n");
    await tell(story, options, home, (opened) => (world = opened));
    story.say(` Done in ${story.seconds.toFixed(1)} s.   Next: docs/run-a-node.md, docs/share-a-file.md\n`);
    story.end({ seed: options.seed, nodes: options.nodes, seconds: story.seconds });
  } finally {
    if (world) await closeWorld(world);
    await rm(home, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  const known = error instanceof NkmsError ? error : undefined;
  const text = known
    ? [known.message, known.why, known.fix].filter(Boolean).join("\n  ")
    : String((error as Error).stack);
  process.stderr.write(`\n ${known?.code ?? "E_UNEXPECTED"}  ${text}\n`);
  process.exitCode = known?.code === "E_USAGE" ? 2 : 1;
});
