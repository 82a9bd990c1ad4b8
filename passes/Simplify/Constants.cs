using System.Runtime.InteropServices;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>New weights from numbers and from other weights.</summary>
public static class Constants
{
    /// <summary>From here on a new weight lies in a file: models may be larger than memory.</summary>
    private const long LargeBytes = 1 << 20;

    /// <summary>A weight from literals of its own kind, in row-major order.</summary>
    public static Value Of(string name, TensorType type, Seq<Expr> literals)
    {
        var (kind, bytes) = (type.Scalar, new byte[type.Scalar.Bytes(literals.Count)]);
        for (var i = 0; i < literals.Count; i++)
            if (literals[i] is Number { IsReal: false } whole && !kind.IsReal) Numbers.WriteWhole(kind, bytes, i, whole.Integer);
            else Numbers.Write(kind, bytes, i, literals[i] is Number { IsReal: true } real ? real.Real : literals[i].Whole);
        return new(name, type.Elementwise, [Bytes.Of(bytes)]);
    }

    /// <summary>A weight from numbers, rounded to its kind.</summary>
    public static Value Of(string name, TensorType type, ReadOnlySpan<double> numbers)
    {
        var bytes = new byte[type.Scalar.Bytes(numbers.Length)];
        for (var i = 0; i < numbers.Length; i++) Numbers.Write(type.Scalar, bytes, i, numbers[i]);
        return new(name, type.Elementwise, [Bytes.Of(bytes)]);
    }

    /// <summary>A vector of i64.</summary>
    public static Value Wholes(string name, params Seq<long> numbers) => Of(name, new([numbers.Count], Scalar.I64), [.. numbers.Select(n => (Expr)n)]);

    public static double[] Read(Value weight) => Numbers.Unpack(weight.Type.Scalar, weight.Planes[0], weight.Type.Count);

    /// <summary>The number that all elements of a small dense weight are; null where they differ or are not known.</summary>
    public static Number? Uniform(Value value) => value.Known is [Number first, ..] all && value.Type.Encoding is Dense && all.All(e => e == (Expr)first) ? first : null;

    /// <summary>A weight times a factor for each index along an axis.</summary>
    /// <param name="axis">Null: one factor for all.</param>
    public static Value Scaled(Value weight, string name, int? axis, double[] factors)
    {
        var shape = weight.Type.Shape;
        var inner = axis is { } a ? shape.Skip(a + 1).Aggregate(1L, (size, extent) => size * extent.Whole) : 1;
        if (weight.Type.Scalar != Scalar.F32)
        {
            var numbers = Read(weight);
            for (var i = 0L; i < numbers.Length; i++) numbers[i] *= factors[i / inner % factors.Length];
            return Of(name, weight.Type, numbers);
        }
        // Row by row, so that a large weight is never on the managed heap.
        var (target, source) = (weight.Planes[0].Length >= LargeBytes ? Bytes.InFile(weight.Planes[0].Length) : Bytes.Zeros(weight.Planes[0].Length), weight.Planes[0]);
        for (var row = 0L; row < weight.Type.Count / inner; row++)
        {
            var from = MemoryMarshal.Cast<byte, float>(source.Span(row * inner * 4, checked((int)inner * 4)));
            var to = Writable(target, row * inner * 4, from.Length);
            var factor = factors[row % factors.Length];
            for (var i = 0; i < from.Length; i++) to[i] = (float)(from[i] * factor);
        }
        return new(name, weight.Type, [target]);
    }

    private static unsafe Span<float> Writable(Bytes bytes, long offset, int count) => new((byte*)bytes.Address + offset, count);
}
