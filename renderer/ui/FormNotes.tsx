interface FormNotesProps {
  /** Why the last try failed; null where it did not. */
  error: Pick<Error, 'message'> | null;
  /** The connection to the gateway is lost. */
  stale?: boolean;
}

/** What stands under a form: that it has to wait for the connection, and why it was refused. */
export function FormNotes({ error, stale = false }: FormNotesProps) {
  return (
    <>
      {stale && (
        <p role="status" className="text-warn">
          The connection to the gateway is lost: this can be sent once it is back.
        </p>
      )}
      {error && (
        <p role="alert" className="text-bad">
          {error.message}
        </p>
      )}
    </>
  );
}
