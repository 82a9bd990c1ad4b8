using System.Collections.Immutable;

namespace Lathe.Runtime.Hosting;

/// <summary>Cutting, joining and reading of tensors of numbers and of text alike.</summary>
internal static class HostArray
{
    /// <summary>How many elements a shape has.</summary>
    /// <exception cref="HostException">An extent is negative, or there are more than this library addresses.</exception>
    public static long Count(IReadOnlyList<long> shape)
    {
        var count = shape.Contains(0) ? (Int128)0 : 1;
        foreach (var extent in shape)
        {
            if (extent < 0) throw new HostException($"the extent {extent} of [{string.Join(", ", shape)}] is negative");
            count *= extent;
            if (count > long.MaxValue) throw new HostException($"the shape [{string.Join(", ", shape)}] is too large");
        }
        return (long)count;
    }

    /// <summary>How many elements a shape has, where a list of .NET holds them.</summary>
    /// <exception cref="HostException">An extent is negative, or there are more than a list holds.</exception>
    public static int Size(IEnumerable<long> shape) => Count([.. shape]) is var count && count <= Array.MaxLength ? (int)count : throw new HostException($"{count} elements are more than the host works on");

    /// <exception cref="HostException">It has no shape.</exception>
    public static ImmutableArray<long> Shape(HostValue? value) => value switch
    {
        HostTensor tensor => tensor.Shape,
        HostText text => text.Shape,
        _ => throw new HostException($"a tensor is needed, there is {value?.Kind ?? "none"}"),
    };

    /// <summary>Every element as text.</summary>
    public static ImmutableArray<string> Words(HostValue value) => value is HostText text ? text.Elements : value is HostTensor tensor ? tensor.ToTexts() : throw new HostException($"a tensor is needed, there is {value.Kind}");

    /// <summary>The same elements in another shape.</summary>
    public static HostValue Reshaped(HostValue value, ImmutableArray<long> shape) => value is HostText text ? new HostText(shape, text.Elements) : value is HostTensor tensor ? new HostTensor(tensor.Element, shape, tensor.Bytes) : throw new HostException($"a tensor is needed, there is {value.Kind}");

    /// <summary>An axis counted from the end where negative.</summary>
    /// <exception cref="HostException">There is no such axis.</exception>
    public static int Axis(long axis, int rank) => (axis < 0 ? axis + rank : axis) is >= 0 and var counted && counted < rank ? (int)counted : throw new HostException($"axis {axis} of {rank} axes");

    /// <summary>Part of a value along an axis.</summary>
    public static HostValue Slice(HostValue value, int axis, long from, long count)
    {
        var shape = Shape(value);
        var (outer, inner) = (Size(shape.Take(axis)), Size(shape.Skip(axis + 1)));
        return Assembled(value, [.. shape.Take(axis), count, .. shape.Skip(axis + 1)], Enumerable.Range(0, outer).Select(o => (value, (int)((o * shape[axis] + from) * inner), (int)count * inner)));
    }

    /// <summary>Values side by side along an axis.</summary>
    /// <exception cref="HostException">They do not fit, or there is none.</exception>
    public static HostValue Concat(IReadOnlyList<HostValue> values, long axis)
    {
        if (values.Count == 0) throw new HostException("there is nothing to put side by side");
        var first = Shape(values[0]);
        var along = Axis(axis, first.Length);
        if (values.FirstOrDefault(v => v.Type.Form != values[0].Type.Form || v.Type.Element != values[0].Type.Element || Shape(v).Length != first.Length || !Shape(v).RemoveAt(along).SequenceEqual(first.RemoveAt(along))) is { } other)
            throw new HostException($"{values[0].Kind} and {other.Kind} do not go side by side along axis {axis}");
        var (outer, inner) = (Size(first.Take(along)), Size(first.Skip(along + 1)));
        return Assembled(values[0], first.SetItem(along, values.Sum(v => Shape(v)[along])),
            from o in Enumerable.Range(0, outer) from v in values let length = (int)Shape(v)[along] * inner select (v, o * length, length));
    }

    /// <summary>Values on a new axis.</summary>
    public static HostValue Stack(IReadOnlyList<HostValue> values, long axis)
    {
        if (values.Count == 0) throw new HostException("there is nothing to stack");
        var at = Axis(axis, Shape(values[0]).Length + 1);
        return Concat([.. values.Select(v => Shape(v) is var shape && shape.Length >= at ? Reshaped(v, shape.Insert(at, 1)) : v)], at);
    }

    /// <summary>Runs of elements one behind the other.</summary>
    private static HostValue Assembled(HostValue kind, ImmutableArray<long> shape, IEnumerable<(HostValue From, int At, int Length)> runs)
    {
        if (kind is HostText) return new HostText(shape, [.. runs.SelectMany(r => ((HostText)r.From).Elements.AsSpan(r.At, r.Length).ToArray())]);
        var (element, at) = (((HostTensor)kind).Element, 0);
        var into = new Packed(element, Size(shape));
        foreach (var (from, first, length) in runs)
        {
            into.Copy(((HostTensor)from).Bytes, first, at, length);
            at += length;
        }
        return new HostTensor(element, shape, into.Bytes);
    }

    /// <summary>Elements being put together; those below a byte lie packed from the low bits.</summary>
    private sealed class Packed(string element, int count)
    {
        private readonly int bits = HostElement.Of(element).Bits;

        public byte[] Bytes { get; } = new byte[(checked(count * (long)HostElement.Of(element).Bits) + 7) / 8];

        public void Copy(byte[] from, int first, int to, int length)
        {
            if (bits >= 8)
            {
                from.AsSpan(first * (bits / 8), length * (bits / 8)).CopyTo(Bytes.AsSpan(to * (bits / 8)));
                return;
            }
            for (var i = 0; i < length; i++)
            {
                var (at, mask) = ((first + i) * bits, (1 << bits) - 1);
                var number = from[at / 8] >> at % 8 & mask;
                Bytes[(to + i) * bits / 8] |= (byte)(number << (to + i) * bits % 8);
            }
        }
    }
}
