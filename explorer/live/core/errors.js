// Errors that a visitor can understand.

/** An error whose message is shown to the visitor. */
export class UserFacingError extends Error {}

export const RELOAD_ADVICE = "Reload the page; if that does not help, train the run again.";
