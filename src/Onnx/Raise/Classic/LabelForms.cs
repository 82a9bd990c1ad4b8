namespace Lathe.Onnx;

/// <summary>LabelEncoder of numbers: the value that belongs to the first key that equals x; and OneHotEncoder of numbers. Text is the host's.</summary>
internal sealed class LabelForms() : ClassicForm("LabelEncoder", "OneHotEncoder")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var kind = scope.Type(node.Input(0)).Scalar;
        if (node.OpType == "OneHotEncoder")
        {
            var categories = node.Ints("cats_int64s") ?? throw new TypeException("cats_int64s is missing");
            var whole = kind == Scalar.I64 ? node.Input(0) : chain.Add("Cast", [node.Input(0)], ("to", To(Scalar.I64)));
            chain.Name(chain.Add("Cast", [chain.Add("Equal", [chain.Add("Unsqueeze", [whole, chain.Wholes(-1)]), chain.Wholes(categories)])], ("to", To(Scalar.F32))), node.Outputs[0]);
            return;
        }
        var (keys, values) = (Column(node, scope, "keys"), Column(node, scope, "values"));
        if (keys.Kind != kind) throw new TypeException($"keys of {keys.Kind.Text} for {scope.Type(node.Input(0))}");
        if (keys.Count != values.Count || keys.Count == 0) throw new TypeException($"{keys.Count} keys and {values.Count} values");
        var x = chain.Add("Unsqueeze", [node.Input(0), chain.Wholes(-1)]);
        string Weight(string part, Tensor tensor) => scope.Numbers($"{node.Outputs[0]}.{part}", tensor.Kind, [tensor.Count], tensor.ToDoubles());
        var all = Weight("keys", keys);
        var same = chain.Add("Equal", [x, all]);
        if (kind.IsReal && keys.ToDoubles().Any(double.IsNaN)) same = chain.Add("Or", [same, chain.Add("And", [chain.Add("IsNaN", [x]), chain.Add("IsNaN", [all])])]);
        var hits = chain.Add("Cast", [same], ("to", To(Scalar.I32)));
        var found = chain.Add("Cast", [chain.Add("ReduceMax", [hits, chain.Wholes(-1)], ("keepdims", 0L))], ("to", To(Scalar.Bool)));
        var picked = chain.Add("Gather", [Weight("values", values), chain.Add("ArgMax", [hits], ("axis", -1L), ("keepdims", 0L))]);
        chain.Name(chain.Add("Where", [found, picked, Otherwise(node, scope, values.Kind)]), node.Outputs[0]);
    }

    /// <summary>Keys or values, in whichever of their attributes.</summary>
    private static Tensor Column(OnnxNode node, RaiseScope scope, string what)
    {
        if (node.Has($"{what}_strings")) throw new TypeException($"{what} of text");
        if (node.Tensor($"{what}_tensor") is { } tensor) return scope.Contents($"{node.Outputs[0]}.{what}", tensor);
        if (node.Ints($"{what}_int64s") is { } wholes) return Tensor.Of([wholes.Count], wholes.AsSpan());
        if (node.Floats($"{what}_floats") is { } reals) return Tensor.Of(Scalar.F32, [reals.Count], reals.AsSpan());
        throw new TypeException($"{what} are missing");
    }

    private static string Otherwise(OnnxNode node, RaiseScope scope, Scalar kind)
    {
        var near = $"{node.Outputs[0]}.default";
        if (node.Tensor("default_tensor") is { } tensor && scope.Contents(near, tensor) is { Count: 1 } given) return scope.Number(near, kind, given.ToDoubles()[0]);
        return scope.Number(near, kind, kind.IsReal ? node.Float("default_float", -0.0) : node.Int("default_int64", -1));
    }
}
