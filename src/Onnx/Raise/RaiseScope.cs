namespace Lathe.Onnx;

/// <summary>What raising a node may ask of the graph, and the constants and names it may add.</summary>
/// <param name="value">A value by name; null where it is absent.</param>
/// <param name="add">Takes a new weight into the graph.</param>
internal sealed class RaiseScope(Func<string, Value?> value, Action<Value> add, Names names, TensorReader tensors)
{
    /// <summary>The type of an operand that must be there.</summary>
    public TensorType Type(string name) => value(name)?.Type ?? throw new TypeException($"operand {(name == "" ? "" : $"{name} ")}is missing");

    /// <summary>What an operand holds, where that is known.</summary>
    public Seq<Expr>? Known(string name) => value(name)?.Known;

    /// <summary>A name for a value between the old node's operands and results.</summary>
    public string Fresh(string near) => names.Fresh(near);

    /// <summary>A vector of whole numbers as an operand.</summary>
    public string Wholes(string near, params Seq<long> numbers) => Weight(near, new(Scalar.I64, [numbers.Count], Bytes.Of(numbers.AsSpan())));

    /// <summary>A vector of f32 numbers as an operand.</summary>
    public string Floats(string near, params Seq<float> numbers) => Weight(near, new(Scalar.F32, [numbers.Count], Bytes.Of(numbers.AsSpan())));

    /// <summary>One number without axes as an operand.</summary>
    public string Number(string near, Scalar kind, double number)
    {
        var bytes = new byte[kind.Bytes(1)];
        Numbers.Write(kind, bytes, 0, number);
        return Weight(near, new(kind, [], Bytes.Of(bytes)));
    }

    /// <summary>A tensor attribute as an operand.</summary>
    public string Tensor(string near, Proto.TensorProto tensor) => Weight(near, tensors.Read(tensor, near));

    private string Weight(string near, TensorContents contents)
    {
        var name = names.Fresh(near);
        add(contents.AsWeight(name));
        return name;
    }
}
