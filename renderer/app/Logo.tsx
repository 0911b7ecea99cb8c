/** The name with its mark: a main track and the points that lead off it. */
export function Logo() {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <svg
        aria-hidden="true"
        viewBox="0 0 24 16"
        width="24"
        height="16"
        fill="none"
        strokeWidth="2"
        strokeLinecap="round"
      >
        <path d="M1 13h22" stroke="var(--ink-muted)" />
        <path d="M4 13h3c5 0 4-10 9-10h4" stroke="var(--accent)" />
        <circle cx="21.5" cy="3" r="1.8" fill="var(--accent)" />
      </svg>
      <span className="max-sm:sr-only">Switchyard</span>
    </span>
  );
}
