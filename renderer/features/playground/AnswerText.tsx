import { useMemo } from 'react';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { answerParts } from './answer-parts.ts';

/** An answer as it was written; what stands between code fences is set as code and can be copied by itself. */
export function AnswerText({ text }: { text: string }) {
  const parts = useMemo(() => answerParts(text), [text]);
  return (
    <div className="flex flex-col gap-2">
      {parts.map((part, index) =>
        // The parts of one answer have no identity but their place.
        part.kind === 'text' ? (
          <p key={index} className="break-words whitespace-pre-wrap">
            {part.text}
          </p>
        ) : (
          <div key={index} className="relative">
            <pre
              tabIndex={0}
              aria-label={part.language === '' ? 'Code' : `Code, ${part.language}`}
              className="overflow-x-auto rounded-small border border-line bg-inset py-2 pr-9 pl-2 font-mono text-table"
            >
              {part.text}
            </pre>
            <span className="absolute top-1 right-1">
              <CopyButton text={part.text} label="Copy the code" />
            </span>
          </div>
        ),
      )}
    </div>
  );
}
