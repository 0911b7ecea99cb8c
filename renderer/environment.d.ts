declare module '*.css';
/** A text of the documentation, taken into the build as it is. */
declare module '*.md?raw' {
  const text: string;
  export default text;
}
