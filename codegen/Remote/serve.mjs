// What Serve.ll is to a Linux, for a module of WebAssembly in Node.js: the same requests on the standard input. One module a process; until it is
// opened, memory is a buffer of this program's, whose addresses begin where no address of 32 bits does.
import { readFileSync, readSync, writeSync } from "node:fs";

const POINTER = 4, EARLY = 2 ** 40, PAGE = 65536;
let early = new Uint8Array(1 << 16), earlyEnd = 0, instance = null, fault = "", end = 0;
const functions = [null], sizes = new Map(), spare = new Map();

// IMPORTS

function transfer(move, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      const count = move(bytes, at);
      if (count === 0) process.exit(0);
      at += count;
    } catch (e) {
      if (e.code !== "EAGAIN") throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
const take = (bytes) => transfer((b, at) => readSync(0, b, at, b.length - at), bytes);
const give = (bytes) => transfer((b, at) => writeSync(1, b, at, b.length - at), bytes);
const answer = (word) => give(new Uint8Array(new BigUint64Array([BigInt.asUintN(64, BigInt(word))]).buffer));
const bytes = (address, size) => (address >= EARLY ? early.subarray(address - EARLY, address - EARLY + size) : new Uint8Array(instance.exports.memory.buffer, address, size));
const length = (address) => (address >= EARLY ? early.indexOf(0, address - EARLY) + EARLY : new Uint8Array(instance.exports.memory.buffer).indexOf(0, address)) - address;
const text = (address) => new TextDecoder().decode(bytes(address, length(address)));

function allocate(size) {
  if (!instance) {
    const address = EARLY + earlyEnd;
    earlyEnd += size;
    return earlyEnd <= early.length ? address : 0;
  }
  size = Math.ceil(size / 64) * 64;
  let address = spare.get(size)?.pop();
  if (address === undefined) {
    const { memory } = instance.exports;
    address = end;
    end += size;
    if (end > memory.buffer.byteLength) try { memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE)); } catch { return 0; }
  }
  sizes.set(address, size);
  bytes(address, size).fill(0);
  return address;
}

function free(address) {
  const size = sizes.get(address);
  if (size === undefined) return;
  sizes.delete(address);
  if (!spare.has(size)) spare.set(size, []);
  spare.get(size).push(address);
}

function message(words) {
  const encoded = new TextEncoder().encode(words + "\0"), address = allocate(encoded.length);
  bytes(address, encoded.length).set(encoded);
  return address;
}

function open(path) {
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), { env });
    end = Math.ceil(instance.exports.__heap_base.value / 64) * 64;
    return 1;
  } catch (e) {
    fault = String(e);
    return 0;
  }
}

function symbol(name) {
  const found = instance.exports[name];
  return typeof found === "function" ? functions.push(found) - 1 : 0;
}

answer(POINTER);
for (const request = new BigInt64Array(8); ; ) {
  take(new Uint8Array(request.buffer));
  const [what, a, b, ...rest] = Array.from(request, Number);
  switch (what) {
    case 1: answer(allocate(a)); break;
    case 2: free(a); break;
    case 3: { const given = new Uint8Array(b); take(given); bytes(a, b).set(given); break; }
    case 4: give(bytes(a, b).slice()); break;
    case 5: answer(length(a)); break;
    case 6: answer(open(text(a))); break;
    case 7: answer(message(fault)); break;
    case 8: answer(symbol(text(b))); break;
    case 9: answer(functions[a](...[b, ...rest].slice(0, functions[a].length)) ?? 0); break;
    default: process.exit(0);
  }
}
