import { Button } from './Button.tsx';

interface MissingProps {
  /** What is not there, as a sentence. */
  sentence: string;
  /** Where the way back leads, such as "Back to the drills". */
  back: string;
  onBack: () => void;
}

/** What the address names is not there: says so, with the way back. Trying again would not help. */
export function Missing({ sentence, back, onBack }: MissingProps) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2">
      <p className="max-w-prose break-words">{sentence}</p>
      <Button size="small" onClick={onBack}>
        {back}
      </Button>
    </div>
  );
}
