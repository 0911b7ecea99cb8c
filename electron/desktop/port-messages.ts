/** The page asks for a line to the engine (renderer to main process). */
export const REQUEST_PORT_MESSAGE = 'switchyard:request-port';
/** The line, as a transferred port (main process to preload, and preload to page). */
export const PORT_MESSAGE = 'switchyard:port';
