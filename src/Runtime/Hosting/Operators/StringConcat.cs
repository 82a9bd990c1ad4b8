using System.Collections.Immutable;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Texts one behind the other, element by element, broadcast as ONNX broadcasts numbers. ONNX StringConcat, opset 20.</summary>
internal sealed class StringConcat : HostOperator
{
    public override IReadOnlyList<string> Operators => ["StringConcat"];
    public override string Carries => "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [(Operand(x, 0).Dims, Operand(x, 1).Dims) switch
    {
        ({ } a, { } b) => HostType.Text([.. Padded(a, Math.Max(a.Length, b.Length), "1").Zip(Padded(b, Math.Max(a.Length, b.Length), "1"), (l, r) => l == r || r == "1" ? l : l == "1" ? r : HostType.Open)]),
        _ => HostType.Text(null),
    }];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (a, b) = (Text(x, 0), Text(x, 1));
        var rank = Math.Max(a.Shape.Length, b.Shape.Length);
        var (left, right) = (Padded(a.Shape, rank, 1), Padded(b.Shape, rank, 1));
        ImmutableArray<long> shape = [.. left.Zip(right, (l, r) => l == r || r == 1 ? l : l == 1 ? r : throw new HostException($"{a.Kind} and {b.Kind} do not broadcast"))];
        var all = new string[HostArray.Size(shape)];
        for (var i = 0; i < all.Length; i++)
        {
            var (rest, at, from, step, other) = ((long)i, 0L, 0L, 1L, 1L);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                var index = rest % shape[axis];
                rest /= shape[axis];
                (at, from) = (at + (left[axis] == 1 ? 0 : index * step), from + (right[axis] == 1 ? 0 : index * other));
                (step, other) = (step * left[axis], other * right[axis]);
            }
            all[i] = a.Elements[(int)at] + b.Elements[(int)from];
        }
        return [new HostText(shape, [.. all])];
    }

    private static ImmutableArray<T> Padded<T>(ImmutableArray<T> shape, int rank, T one) => [.. Enumerable.Repeat(one, rank - shape.Length), .. shape];
}
