namespace Lathe.Onnx.Host;

/// <summary>Functions of two texts, element by element, broadcast as ONNX broadcasts numbers.</summary>
internal static class TextBroadcast
{
    public static HostText Of(HostText a, HostText b, Func<string, string, string> of)
    {
        var rank = Math.Max(a.Shape.Count, b.Shape.Count);
        long[] Padded(Seq<long> shape) => [.. Enumerable.Repeat(1L, rank - shape.Count), .. shape];
        var (left, right) = (Padded(a.Shape), Padded(b.Shape));
        Seq<long> shape = [.. left.Zip(right, (l, r) => l == r || r == 1 ? l : l == 1 ? r : throw new TypeException($"{a.Kind} and {b.Kind} do not broadcast"))];
        var all = new string[shape.Aggregate(1L, (size, extent) => size * extent)];
        for (var i = 0L; i < all.Length; i++)
        {
            var (rest, at, from, step, other) = (i, 0L, 0L, 1L, 1L);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                var index = rest % shape[axis];
                rest /= shape[axis];
                (at, from) = (at + (left[axis] == 1 ? 0 : index * step), from + (right[axis] == 1 ? 0 : index * other));
                (step, other) = (step * left[axis], other * right[axis]);
            }
            all[i] = of(a.Elements[(int)at], b.Elements[(int)from]);
        }
        return new(shape, [.. all]);
    }
}
