/** Objects in this process only: for tests and for programs that hand one instance to several clients. */
import { notFound, type StorageBackend } from "./storage";

export class MemoryStorage implements StorageBackend {
  readonly scheme = "memory";
  readonly #objects = new Map<string, Uint8Array>();

  async read(uri: string): Promise<Uint8Array> {
    const data = this.#objects.get(uri);
    if (data === undefined) throw notFound(uri);
    return data.slice();
  }

  async write(uri: string, data: Uint8Array): Promise<string> {
    this.#objects.set(uri, data.slice());
    return uri;
  }

  async delete(uri: string): Promise<void> {
    this.#objects.delete(uri);
  }
}
