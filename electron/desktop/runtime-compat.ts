import workerThreads from 'node:worker_threads';
import zlib from 'node:zlib';

/**
 * undici 8 asks for two functions of Node 22 when it is loaded, though this application uses neither: Zstandard
 * decompression and the marking of objects that may not be cloned. An Electron whose Node is older gets stand-ins, so
 * that it can start. Has to be imported before anything else.
 */
const compatible: { zlib: Record<string, unknown>; workerThreads: Record<string, unknown> } = {
  zlib: zlib as unknown as Record<string, unknown>,
  workerThreads: workerThreads as unknown as Record<string, unknown>,
};
compatible.zlib['createZstdDecompress'] ??= () => {
  throw new Error('This Node has no Zstandard.');
};
compatible.workerThreads['markAsUncloneable'] ??= () => {};
