/** Where objects live. A backend stores whole objects under URIs of one scheme and knows no keys and no policies. */
import { NkmsError } from "../errors";

/** Objects are held in memory whole, so every backend refuses larger ones before it reads them. */
export const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

export interface StorageBackend {
  /** The URI scheme it answers for, without the colon: `file`, `memory`. */
  readonly scheme: string;
  /** The whole object. Throws E_NOT_FOUND, E_TOO_LARGE or E_BAD_URI. */
  read(uri: string): Promise<Uint8Array>;
  /** Stores the object whole or not at all, replacing a former one. Returns the URI it can be read under. */
  write(uri: string, data: Uint8Array): Promise<string>;
  /** Removes the object; one that is not there is no error. */
  delete(uri: string): Promise<void>;
}

/** Sends each URI to the backend of its scheme. */
export class Storage {
  readonly #backends: ReadonlyMap<string, StorageBackend>;

  constructor(backends: readonly StorageBackend[]) {
    this.#backends = new Map(backends.map((backend) => [backend.scheme, backend]));
  }

  async read(uri: string): Promise<Uint8Array> {
    return this.#backendOf(uri).read(uri);
  }

  async write(uri: string, data: Uint8Array): Promise<string> {
    if (data.length > MAX_OBJECT_BYTES) throw tooLarge(uri, data.length);
    return this.#backendOf(uri).write(uri, data);
  }

  async delete(uri: string): Promise<void> {
    return this.#backendOf(uri).delete(uri);
  }

  #backendOf(uri: string): StorageBackend {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(uri)?.[1];
    const backend = scheme === undefined ? undefined : this.#backends.get(scheme);
    if (backend !== undefined) return backend;
    const known = [...this.#backends.keys()].map((name) => `${name}://`);
    throw new NkmsError("E_BAD_URI", `No storage answers for ${JSON.stringify(uri)}.`, {
      fix: `Use a URI that begins with ${known.join(" or ")}.`,
      data: { uri, known },
    });
  }
}

/** E_NOT_FOUND for a URI nothing is stored under. */
export function notFound(uri: string): NkmsError {
  return new NkmsError("E_NOT_FOUND", `Nothing is stored under ${uri}.`, {
    fix: "Check the URI and the storage root, or write the object first.",
    data: { uri },
  });
}

/** E_TOO_LARGE for an object past MAX_OBJECT_BYTES. */
export function tooLarge(uri: string, size: number): NkmsError {
  return new NkmsError("E_TOO_LARGE", `The object ${uri} has ${size} bytes; at most ${MAX_OBJECT_BYTES} are handled.`, {
    fix: "Split the content into several objects.",
    data: { uri, got: size, limit: MAX_OBJECT_BYTES },
  });
}
