/** What a caller may want to know besides the message; values are plain data, never secrets. */
export interface ErrorDetails {
  /** The cause, if it was verified. */
  why?: string;
  /** One sentence or one command that mends it. */
  fix?: string;
  /** The values involved: what was given and what was expected. */
  data?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The base of every error this package throws on purpose: a stable code, what happened, why, and what to do.
 * A subclass per room exists only where callers need to tell rooms apart by type.
 */
export class NkmsError extends Error {
  readonly code: string;
  readonly why?: string;
  readonly fix?: string;
  readonly data: Record<string, unknown>;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.why = details.why;
    this.fix = details.fix;
    this.data = details.data ?? {};
  }

  /** The error as plain data, as tasks and the HTTP services print it. */
  toJSON(): { code: string; message: string; why?: string; fix?: string; data: Record<string, unknown> } {
    return { code: this.code, message: this.message, why: this.why, fix: this.fix, data: this.data };
  }
}
