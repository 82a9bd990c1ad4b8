namespace Lathe.Cli;

/// <summary>The kinds of number that an operator's type rule takes for its first operand, found by asking it with its own examples.</summary>
internal static class OperatorKinds
{
    private static readonly (string Name, Scalar[] Kinds)[] Families =
    [
        ("f16 to f64", [Scalar.BF16, Scalar.F16, Scalar.F32, Scalar.F64]), ("f8", [Scalar.F8E4M3FN, Scalar.F8E4M3FNUZ, Scalar.F8E5M2, Scalar.F8E5M2FNUZ]),
        ("whole", [Scalar.I8, Scalar.U8, Scalar.I16, Scalar.U16, Scalar.I32, Scalar.U32, Scalar.I64, Scalar.U64]), ("2 and 4 bits", [Scalar.I2, Scalar.U2, Scalar.I4, Scalar.U4]),
    ];

    public static string Of(Type record)
    {
        var examples = Operators.Examples(record).ToList();
        var taken = Enum.GetValues<Scalar>().Where(kind => kind is not (Scalar.String or Scalar.U1) && !kind.IsComplex && examples.Exists(e => Takes(e, kind))).ToHashSet();
        var words = new List<string>();
        foreach (var (name, kinds) in Families.Where(f => f.Kinds.All(taken.Contains)))
        {
            words.Add(name);
            taken.ExceptWith(kinds);
        }
        return string.Join(", ", words.Concat(taken.Order().Select(kind => kind.Text)));
    }

    /// <summary>Whether an example is one still with another kind in place of its first operand's.</summary>
    private static bool Takes(Example example, Scalar kind)
    {
        if (example.Operands.FirstOrDefault() is not { Type.Scalar: var first }) return false;
        try
        {
            example.Op.Infer(GraphBuilder.Operands([.. example.Operands.Select((operand, i) => operand is null ? null : Value(operand, $"x{i}", operand.Type.Scalar == first ? kind : operand.Type.Scalar))]));
            return true;
        }
        catch (TypeException) { return false; }
    }

    private static Value Value(Operand operand, string name, Scalar kind)
    {
        var type = new TensorType(operand.Type.Shape, kind);
        return operand.Values is not { } numbers ? new(name, type) : new(name, type, [Tensor.Of(kind, [.. type.Shape.Select(e => e.Whole)], numbers.AsSpan()).Bytes]);
    }
}
