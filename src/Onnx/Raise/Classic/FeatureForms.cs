namespace Lathe.Onnx;

/// <summary>Operators that prepare features: ArrayFeatureExtractor, Binarizer, FeatureVectorizer, Imputer, Normalizer, Scaler.</summary>
internal sealed class FeatureForms() : ClassicForm("ArrayFeatureExtractor", "Binarizer", "FeatureVectorizer", "Imputer", "Normalizer", "Scaler")
{
    /// <summary>The least that a norm divides by.</summary>
    private const double Least = 1e-30;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) => chain.Name(node.OpType switch
    {
        "ArrayFeatureExtractor" => Picked(node, scope, chain),
        "Binarizer" => chain.Add("Cast", [chain.Add("Greater", [node.Input(0), chain.Number(scope.Type(node.Input(0)).Scalar, node.Float("threshold", 0))])], ("to", To(scope.Type(node.Input(0)).Scalar))),
        "FeatureVectorizer" => SideBySide(node, scope, chain),
        "Imputer" => Imputed(node, scope, chain),
        "Normalizer" => Normalized(node, scope, chain),
        _ => Scaled(node, scope, chain),
    }, node.Outputs[0]);

    /// <summary>Columns by number; a vector is a row.</summary>
    private static string Picked(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var picked = chain.Add("Gather", [node.Input(0), chain.Add("Reshape", [node.Input(1), chain.Wholes(-1)])], ("axis", -1L));
        return scope.Type(node.Input(0)).Rank == 1 ? chain.Add("Unsqueeze", [picked, chain.Wholes(0)]) : picked;
    }

    /// <summary>(x - offset) · scale.</summary>
    private static string Scaled(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, _) = Real(chain, node.Input(0), scope.Type(node.Input(0)).Scalar == Scalar.F32 ? Scalar.F32 : Scalar.Bool);
        string Row(Seq<double> numbers) => scope.Floats($"{node.Outputs[0]}.row", [.. numbers.Select(n => (float)n)]);
        if (node.Floats("offset") is { Count: > 0 } offset) x = chain.Add("Sub", [x, Row(offset)]);
        return node.Floats("scale") is { Count: > 0 } scale ? chain.Add("Mul", [x, Row(scale)]) : x;
    }

    /// <summary>Over the largest magnitude, the sum of magnitudes, or the root of the sum of squares of each row.</summary>
    private static string Normalized(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, kind) = Real(chain, node.Input(0), scope.Type(node.Input(0)).Scalar == Scalar.F32 ? Scalar.F32 : Scalar.Bool);
        var by = node.String("norm", "MAX") switch
        {
            "MAX" => chain.Add("ReduceMax", [chain.Add("Abs", [x]), chain.Wholes(-1)]),
            "L1" => chain.Add("ReduceL1", [x, chain.Wholes(-1)]),
            "L2" => chain.Add("ReduceL2", [x, chain.Wholes(-1)]),
            var other => throw new TypeException($"norm must be MAX, L1 or L2, it is {other}"),
        };
        return chain.Add("Div", [x, chain.Add("Max", [by, chain.Number(kind, Least)])]);
    }

    /// <summary>Other numbers in place of those that stand for a missing one.</summary>
    private static string Imputed(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, kind) = (node.Input(0), scope.Type(node.Input(0)).Scalar);
        var (values, missing) = kind.IsReal ? (node.Floats("imputed_value_floats"), node.Float("replaced_value_float", 0)) : (node.Ints("imputed_value_int64s") is { } wholes ? [.. wholes.Select(w => (double)w)] : (Seq<double>?)null, node.Int("replaced_value_int64", 0));
        if (values is not { Count: > 0 } row) throw new TypeException($"no values stand for what is missing in {scope.Type(x)}");
        var lost = double.IsNaN(missing) ? chain.Add("IsNaN", [x]) : chain.Add("Equal", [x, chain.Number(kind, missing)]);
        return chain.Add("Where", [lost, scope.Numbers($"{node.Outputs[0]}.values", kind, [row.Count], row.AsSpan()), x]);
    }

    /// <summary>Inputs side by side, each cut or filled up with zeros to its number of columns.</summary>
    private static string SideBySide(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var columns = node.Ints("inputdimensions") ?? [];
        if (columns.Count != node.Inputs.Count) throw new TypeException($"inputdimensions {columns} for {node.Inputs.Count} operands");
        Seq<string> parts = [.. node.Inputs.Zip(columns, (input, wanted) =>
        {
            var type = scope.Type(input);
            var matrix = type.Rank == 1 ? chain.Add("Unsqueeze", [input, chain.Wholes(1)]) : input;
            if (type.Scalar != Scalar.F32) matrix = chain.Add("Cast", [matrix], ("to", To(Scalar.F32)));
            var given = type.Rank == 1 ? 1 : type.Shape[^1] is Number { Integer: var extent } ? extent : throw new TypeException($"the columns of {type} must be known when compiling");
            return given == wanted ? matrix : given > wanted ? chain.Add("Slice", [matrix, chain.Wholes(0), chain.Wholes(wanted), chain.Wholes(1)]) : chain.Add("Pad", [matrix, chain.Wholes(0, 0, 0, wanted - given)]);
        })];
        return chain.Add("Concat", parts, ("axis", 1L));
    }
}
