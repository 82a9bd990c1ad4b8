using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Lathe.Runtime;

/// <summary>A named dimension of a model and the extents it may take.</summary>
public sealed record ContractDimension(string Name, long Min, long Max);

/// <summary>An input or output. A shape's parts are numbers, names of dimensions, or expressions over them.</summary>
/// <param name="Type">The element type by its name in the IR, <c>f32</c>.</param>
/// <param name="Bits">Bits of an element in a packed array.</param>
public sealed record ContractTensor(string Name, string Type, int Bits, ImmutableArray<string> Shape)
{
    /// <summary>Bytes that this many elements take, the last byte filled up.</summary>
    public long Bytes(long elements) => checked(elements * Bits + 7) / 8;

    /// <summary>Its part of <see cref="Contract.Signature"/>.</summary>
    public override string ToString() => $"{Name}: {Type}[{string.Join(", ", Shape.Select(extent => long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? extent : "?"))}]";
}

/// <summary>A kernel: its place in the list is the number that <see cref="NativeHost.Kernel"/> hears.</summary>
/// <param name="Nodes">The nodes of the source model that it computes.</param>
/// <param name="Flops">Arithmetic of the nodes' own formulas, for the largest dimensions; a faster algorithm does not lower it.</param>
/// <param name="Bytes">What it must read and write, for the largest dimensions.</param>
public sealed record ContractKernel(string Name, ImmutableArray<string> Nodes, double Flops, double Bytes);

/// <summary>What an artifact says of itself: the JSON that <c>NAME_contract()</c> returns, the same as lies beside the library.</summary>
public sealed record Contract(
    string Name,
    uint Abi,
    ImmutableArray<ContractDimension> Dimensions,
    ImmutableArray<ContractTensor> Inputs,
    ImmutableArray<ContractTensor> Outputs,
    ImmutableArray<ContractKernel> Kernels,
    long ArenaBytes,
    long WeightBytes)
{
    /// <summary>Where the extents of each tensor begin in the list of all, inputs before outputs; the last entry is the length of that list.</summary>
    private readonly int[] starts = Starts(Inputs.AddRange(Outputs));

    /// <summary>All of it, as the artifact has it.</summary>
    public ReadOnlyMemory<byte> Json { get; private init; }

    /// <summary>Extents of all inputs and outputs together.</summary>
    public int Extents => starts[^1];

    /// <summary>
    /// Names, element types and shapes of inputs and outputs in one line, which a class that was written for a model is compared by. A
    /// dimension that is no number is written as ?.
    /// </summary>
    public string Signature => $"({string.Join(", ", Inputs)}) -> ({string.Join(", ", Outputs)})";

    /// <summary>Whether the artifact is what a signature describes: where that has ?, any extent will do.</summary>
    public bool Fits(string signature)
    {
        var (own, at) = (Signature, 0);
        foreach (var c in signature)
        {
            if (c == '?') while (at < own.Length && (own[at] == '?' || char.IsAsciiDigit(own[at]))) at++;
            else if (at == own.Length || own[at++] != c) return false;
        }
        return at == own.Length;
    }

    /// <summary>Where the extents of a tensor begin, outputs counted on behind inputs.</summary>
    internal int Start(int tensor) => starts[tensor];

    private static int[] Starts(ImmutableArray<ContractTensor> tensors)
    {
        var starts = new int[tensors.Length + 1];
        for (var i = 0; i < tensors.Length; i++) starts[i + 1] = starts[i] + tensors[i].Shape.Length;
        return starts;
    }

    /// <summary>Reads the fields a run needs; what else the JSON holds is for other readers.</summary>
    public static Contract Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new(
            Text(root, "name"),
            root.GetProperty("abi").GetUInt32(),
            List(root, "dims", d => new ContractDimension(Text(d, "name"), d.GetProperty("min").GetInt64(), d.GetProperty("max").GetInt64())),
            List(root, "inputs", Tensor),
            List(root, "outputs", Tensor),
            List(root, "kernels", k => new ContractKernel(Text(k, "name"), List(k, "nodes", n => n.GetString()!), Number(k, "flops"), Number(k, "bytes"))),
            (long)Number(root, "arena_bytes"),
            (long)Number(root, "weight_bytes"))
        { Json = json };
    }

    private static ContractTensor Tensor(JsonElement tensor) =>
        new(Text(tensor, "name"), Text(tensor, "type"), tensor.GetProperty("bits").GetInt32(), List(tensor, "shape", d => d.ToString()));

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static double Number(JsonElement parent, string name) => parent.TryGetProperty(name, out var number) ? number.GetDouble() : 0;

    private static ImmutableArray<T> List<T>(JsonElement parent, string name, Func<JsonElement, T> read) =>
        parent.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(read)] : [];
}
