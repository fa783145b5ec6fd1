/** An answer other than success, as the Keymanager API words it: `{ message }` with a status. */
export class KeymanagerError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
