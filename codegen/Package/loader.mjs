// The model NAME, compiled by Lathe: runs NAME.wasm, which lies beside this file. For Node.js 18, and browsers, of 2023 or later; needs nothing else.
//
//   import { load } from "./NAME.mjs";
//   const model = await load();                    // or load(bytes or a WebAssembly.Module)
//   const [y] = model.run({ data: new Float32Array(4), shape: [1, 4] });
//
// An input is { data, shape } in the model's order, data a typed array of the model's kind; outputs come as the same. Kinds that JavaScript does not
// know (f16, bf16, numbers of 4 bits) are given and come as Uint8Array.

const KINDS = { f32: Float32Array, f64: Float64Array, i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, u64: BigUint64Array, bool: Uint8Array };
const ALIGNMENT = 64, PAGE = 65536, TENSOR_BYTES = 24;

// IMPORTS

// What the model says is wrong with a call; code is the number it returned.
export class LatheError extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

async function bytesBeside() {
  const url = new URL("./NAME.wasm", import.meta.url);
  if (url.protocol !== "file:") return (await fetch(url)).arrayBuffer();
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

export async function load(source) {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source ?? (await bytesBeside()));
  return new Model(await WebAssembly.instantiate(module, { env }));
}

// One loaded model with memory of its own.
export class Model {
  #wasm;
  #heap;
  #end;
  #model;

  constructor(instance) {
    this.#wasm = instance.exports;
    this.#heap = this.#end = this.#wasm.__heap_base.value;
    this.contract = JSON.parse(this.#text(this.#wasm.NAME_contract()));
    const place = this.#allocate(4);
    this.#check(this.#wasm.NAME_open(0, place));
    this.#model = this.#view().getUint32(place, true);
  }

  // Runs once: an { data, shape } for each output.
  run(...inputs) {
    const { inputs: wanted, outputs: made, dims } = this.contract;
    if (inputs.length !== wanted.length) throw new TypeError(`NAME takes ${wanted.length} inputs (${wanted.map((t) => t.name).join(", ")}), it is given ${inputs.length}`);
    this.#end = this.#heap; // what the run before has left is read already
    const extents = this.#dimensions(inputs);
    const given = this.#words(dims.map((d) => extents.get(d.name)));
    const ranks = [...wanted, ...made].map((t) => t.shape.length), shapes = this.#words(new Array(ranks.reduce((a, b) => a + b, 0)).fill(0));
    this.#check(this.#wasm.NAME_shapes(given, shapes));
    let at = shapes;
    const records = [...wanted, ...made].map((tensor, i) => {
      const shape = at;
      at += 8 * ranks[i];
      const capacity = Math.ceil((this.#shape(shape, ranks[i]).reduce((a, b) => a * b, 1) * tensor.bits) / 8);
      return { tensor, shape, rank: ranks[i], capacity, data: this.#allocate(capacity) };
    });
    inputs.forEach(({ data, shape }, i) => {
      const kind = KINDS[wanted[i].type] ?? Uint8Array;
      if (!(data instanceof kind)) throw new TypeError(`${wanted[i].name} holds ${wanted[i].type}: its data is to be a ${kind.name}`);
      this.#put(records[i].shape, shape);
      if (data.byteLength !== records[i].capacity) throw new RangeError(`${wanted[i].name} takes ${records[i].capacity} bytes, it is given ${data.byteLength}`);
      new Uint8Array(this.#wasm.memory.buffer, records[i].data, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    const [from, to] = [records.slice(0, inputs.length), records.slice(inputs.length)].map((all) => this.#tensors(all));
    const workspace = this.#allocate(Number(this.#wasm.NAME_workspace_bytes(given)));
    this.#check(this.#wasm.NAME_invoke(this.#model, from, to, given, workspace, 0));
    return records.slice(inputs.length).map(({ tensor, shape, rank, data }) => {
      const extents = this.#shape(shape, rank), kind = KINDS[tensor.type] ?? Uint8Array;
      const bytes = Math.ceil((extents.reduce((a, b) => a * b, 1) * tensor.bits) / 8);
      return { name: tensor.name, data: new kind(this.#wasm.memory.buffer.slice(data, data + bytes)), shape: extents };
    });
  }

  #dimensions(inputs) {
    const found = new Map();
    this.contract.inputs.forEach(({ name, shape }, i) => {
      const actual = inputs[i].shape;
      if (actual?.length !== shape.length) throw new TypeError(`${name} has ${shape.length} axes, it is given ${actual?.length}`);
      shape.forEach((extent, axis) => {
        if (typeof extent === "number" && extent !== actual[axis]) throw new RangeError(`${name} is [${shape}], it is given [${actual}]`);
        if (typeof extent === "string" && !found.has(extent)) found.set(extent, actual[axis]);
      });
    });
    return found;
  }

  #view() { return new DataView(this.#wasm.memory.buffer); }

  #text(address) {
    const bytes = new Uint8Array(this.#wasm.memory.buffer);
    return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }

  // Memory behind what there is, zeroed; the next run gives it back.
  #allocate(bytes) {
    const address = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT, { memory } = this.#wasm;
    this.#end = address + bytes;
    if (this.#end > memory.buffer.byteLength) memory.grow(Math.ceil((this.#end - memory.buffer.byteLength) / PAGE));
    new Uint8Array(memory.buffer, address, bytes).fill(0);
    return address;
  }

  #words(numbers) {
    const address = this.#allocate(8 * numbers.length);
    this.#put(address, numbers);
    return address;
  }

  #put(address, numbers) { numbers.forEach((n, i) => this.#view().setBigInt64(address + 8 * i, BigInt(n), true)); }

  #shape(address, rank) { return Array.from({ length: rank }, (_, i) => Number(this.#view().getBigInt64(address + 8 * i, true))); }

  // An array of lathe_tensor: data, shape, strides, capacity.
  #tensors(records) {
    const address = this.#allocate(TENSOR_BYTES * records.length), view = this.#view();
    records.forEach(({ data, shape, capacity }, i) => {
      view.setUint32(address + TENSOR_BYTES * i, data, true);
      view.setUint32(address + TENSOR_BYTES * i + 4, shape, true);
      view.setBigUint64(address + TENSOR_BYTES * i + 16, BigInt(capacity), true);
    });
    return address;
  }

  #check(code) {
    if (code !== 0) throw new LatheError(code, this.#text(this.#wasm.NAME_error(code)));
  }
}
