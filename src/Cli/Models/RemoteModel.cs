using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Remote;
using Lathe.Runtime;

namespace Lathe.Cli;

/// <summary>An artifact of another system, called through its C ABI in a process of that system: all that lies in memory there is laid out from here.</summary>
internal sealed class RemoteModel : RunnableModel
{
    /// <summary>A workspace begins at a multiple of this, and so do tensors.</summary>
    private const int Alignment = Artifact.WorkspaceAlignment;

    private readonly RemoteProcess process;
    private readonly Contract contract;
    private readonly ulong library, model;
    private readonly string name;

    /// <param name="library">The shared library.</param>
    /// <param name="target">Whose it is.</param>
    /// <param name="command">What runs programs of that system here.</param>
    /// <param name="scratch">A folder for the program that loads it.</param>
    /// <exception cref="ArtifactException">The library cannot be loaded there.</exception>
    public RemoteModel(string library, CpuTarget target, IReadOnlyList<string> command, string scratch)
    {
        var program = Path.Combine(scratch, "serve.mjs");
        target.System.WriteServer(target, program);
        name = Artifact.NameOf(library);
        process = new([.. command, program]);
        try
        {
            this.library = process.Open(Path.GetFullPath(library));
            contract = Contract.Parse(System.Text.Encoding.UTF8.GetBytes(process.Text(Call("contract"))));
            var place = process.Allocate(process.PointerBytes);
            Check(Call("open", 0, place));
            model = Pointer(place);
            process.Free(place);
            (Inputs, Outputs) = NativeModel.Signature(contract);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Value> Inputs { get; }
    public override IReadOnlyList<string> Outputs { get; }
    public override IReadOnlyList<Seq<string>> OutputShapes => ShapesOf(contract);

    public override Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        var symbols = Dimensions.Bind([.. Inputs], inputs, []);
        var given = new List<ulong>();
        try
        {
            var dims = Words([.. contract.Dimensions.Select(d => symbols[d.Name])]);
            var tensors = contract.Inputs.Concat(contract.Outputs).ToList();
            var extents = new long[tensors.Sum(t => t.Shape.Length)];
            var shapes = Words(extents);
            Check(Call("shapes", dims, shapes));
            process.Read(shapes, MemoryMarshal.AsBytes(extents.AsSpan()));
            var at = 0;
            var records = tensors.ConvertAll(tensor =>
            {
                var shape = extents.AsSpan(at, tensor.Shape.Length).ToArray();
                at += shape.Length;
                var bytes = tensor.Bytes(shape.Aggregate(1L, (a, b) => checked(a * b)));
                return (Data: Memory(bytes), Shape: Words(shape), Bytes: bytes);
            });
            foreach (var (record, tensor) in records.Zip(inputs)) process.Write(record.Data, tensor.Bytes.Span(0, (int)tensor.Kind.Bytes(tensor.Count)));
            GC.KeepAlive(inputs);
            var (ins, outs) = (Records(records[..contract.Inputs.Length]), Records(records[contract.Inputs.Length..]));
            var workspace = Memory((long)Call("workspace_bytes", dims));
            Check(Call("invoke", model, ins, outs, dims, workspace, 0));
            return [.. contract.Outputs.Zip(records[contract.Inputs.Length..], (output, record) =>
            {
                var shape = new long[output.Shape.Length];
                process.Read(record.Shape, MemoryMarshal.AsBytes(shape.AsSpan()));
                var bytes = new byte[output.Bytes(shape.Aggregate(1L, (a, b) => a * b))];
                process.Read(record.Data, bytes);
                return new Tensor(NativeModel.Kind(output), [.. shape], Bytes.Of(bytes));
            })];
        }
        finally { foreach (var address in given) process.Free(address); }

        ulong Memory(long bytes)
        {
            var address = process.Allocate(bytes + Alignment);
            given.Add(address);
            return (address + Alignment - 1) / Alignment * Alignment;
        }

        ulong Words(long[] words)
        {
            var address = Memory(8 * words.Length);
            process.Write(address, MemoryMarshal.AsBytes(words.AsSpan()));
            return address;
        }

        // An array of lathe_tensor: three pointers and a number of 64 bits, which C aligns to 8.
        ulong Records(List<(ulong Data, ulong Shape, long Bytes)> all)
        {
            var (pointer, capacity) = (process.PointerBytes, (3 * process.PointerBytes + 7) / 8 * 8);
            var bytes = new byte[all.Count * (capacity + 8)];
            foreach (var (i, record) in all.Index())
            {
                var own = bytes.AsSpan(i * (capacity + 8));
                BinaryPrimitives.WriteUInt32LittleEndian(own, (uint)record.Data);
                BinaryPrimitives.WriteUInt32LittleEndian(own[pointer..], (uint)record.Shape);
                if (pointer == 8)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(own, record.Data);
                    BinaryPrimitives.WriteUInt64LittleEndian(own[pointer..], record.Shape);
                }
                BinaryPrimitives.WriteInt64LittleEndian(own[capacity..], record.Bytes);
            }
            var address = Memory(bytes.Length);
            process.Write(address, bytes);
            return address;
        }
    }

    public override void Dispose() => process.Dispose();

    private ulong Call(string function, params ReadOnlySpan<ulong> arguments) => process.Symbol(library, $"{name}_{function}") is var address && address != 0
        ? process.Call(address, arguments) : throw new ArtifactException($"{name}_{function} is not in the library: not written by lathe compile, or its file was renamed");

    private ulong Pointer(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        process.Read(address, bytes[..process.PointerBytes]);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private void Check(ulong result)
    {
        if ((int)result is var code && code != 0) throw new ArtifactException(process.Text(Call("error", (ulong)code)), code);
    }
}
