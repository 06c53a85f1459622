import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "key:new",
  description: "Makes an encrypted key file; its backup words are shown once, on a terminal only",
  params: {
    name: "What to call the key",
    phraseOut: "File to write the backup words to, readable by you alone, instead of showing them",
    phraseFile: "File with backup words of an existing identity, instead of new ones",
  },
  flags: { light: "Weaken the password hashing, for demos and tests only" },
  load: () => actions.key().newKey,
});

defineTask({
  name: "key:show",
  description: "Prints the address of a key, and with --keys the public keys derived from it",
  params: { name: "Which key; without it all keys are listed" },
  flags: { keys: "Open the key file and show the public keys; needs the password" },
  load: () => actions.key().showKey,
});
