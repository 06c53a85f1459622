const NAMES: Readonly<Record<number, string>> = { 0xf2: "CALLCODE", 0xf4: "DELEGATECALL", 0xff: "SELFDESTRUCT" };

const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
/** STOP, JUMP, RETURN, REVERT, INVALID: what follows is reached only by a jump. */
const ENDS = new Set([0x00, 0x56, 0xf3, 0xfd, 0xfe]);

/** One forbidden instruction and the byte it stands at. */
export interface ForbiddenOpcode {
  readonly name: string;
  readonly offset: number;
}

/**
 * Instructions of runtime code by which a contract could run foreign code on its own storage or vanish: CALLCODE,
 * DELEGATECALL, SELFDESTRUCT. Push data and the metadata at the end are no instructions; bytes after an ending
 * instruction count again from the next JUMPDEST, because nothing else can reach them.
 */
export function forbiddenOpcodes(code: Uint8Array): ForbiddenOpcode[] {
  const found: ForbiddenOpcode[] = [];
  const end = code.length - metadataLength(code);
  let reachable = true;
  for (let offset = 0; offset < end; offset++) {
    const opcode = code[offset];
    if (opcode === JUMPDEST) reachable = true;
    if (reachable && opcode in NAMES) found.push({ name: NAMES[opcode], offset });
    if (ENDS.has(opcode) || opcode === 0xff) reachable = false;
    if (opcode >= PUSH1 && opcode <= PUSH32) offset += opcode - PUSH1 + 1;
  }
  return found;
}

/**
 * Length of the CBOR metadata solc appends, with its two length bytes; 0 if there is none. It is a map (0xa0 to 0xb7) and
 * the last two bytes are its length (Solidity documentation, "Encoding of the Metadata Hash in the Bytecode").
 */
export function metadataLength(code: Uint8Array): number {
  if (code.length < 2) return 0;
  const length = (code[code.length - 2] << 8) | code[code.length - 1];
  const start = code.length - 2 - length;
  return start >= 0 && code[start] >= 0xa1 && code[start] <= 0xb7 ? length + 2 : 0;
}
