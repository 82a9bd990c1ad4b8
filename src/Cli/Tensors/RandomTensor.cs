using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>Random inputs that are the same for the same seed and name on every machine.</summary>
internal static class RandomTensor
{
    /// <summary>Reals in −1..1, whole numbers in 0..9 (small enough for most tables of embeddings), bools.</summary>
    public static Tensor Of(Value input, IReadOnlyDictionary<string, long> dimensions, int seed)
    {
        var type = input.Type;
        var shape = Lathe.Ir.Dimensions.Evaluate(type.Shape, dimensions);
        var random = new Random(input.Name.Aggregate(seed, (hash, c) => unchecked(hash * 31 + c)));
        var numbers = new double[shape.Aggregate(1L, (size, extent) => size * extent)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = type.Scalar.IsReal ? random.NextDouble() * 2 - 1 : random.Next(type.Scalar == Scalar.Bool ? 2 : (int)Math.Min(10, type.Scalar.Range.High + 1));
        return Tensor.Of(type.Scalar, shape, numbers);
    }

    /// <summary>An extent for every dimension that is open: what is asked for, else the least it may be.</summary>
    public static IReadOnlyDictionary<string, long> Dimensions(IEnumerable<Value> inputs, Seq<DimBinding> asked) => inputs.SelectMany(v => v.Type.Shape).SelectMany(e => e.Parts()).OfType<Symbol>()
        .Distinct().ToDictionary(s => s.Name, s => asked.FirstOrDefault(d => d.Name == s.Name)?.Low ?? Math.Max(1, s.Low), StringComparer.Ordinal);
}
