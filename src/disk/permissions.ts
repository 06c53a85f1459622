/** Whether a file's mode lets anybody but its owner read, write or run it. */
export function openToOthers(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

/** The permission bits as `chmod` takes them. */
export function octalMode(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
