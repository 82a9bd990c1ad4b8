namespace Lathe.Onnx;

/// <summary>RandomUniform and RandomNormal hold a shape in an attribute; the forms with Like take that of an operand.</summary>
internal sealed class RandomShape : Raise
{
    public override Seq<string> Operators => ["RandomNormal", "RandomUniform"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var (chain, shape) = (new Chain(node.Outputs[0], scope), node.Ints("shape") ?? throw new TypeException("shape is missing"));
        if (shape.Any(extent => extent < 0)) throw new TypeException($"the shape {shape} has a negative extent");
        var like = chain.Add("Expand", [chain.Number(Scalar.F32, 0), chain.Wholes(shape)]);
        chain.Result(node.Without("shape") with { OpType = $"{node.OpType}Like", Opset = Opsets.Newest, Inputs = [like] });
        return chain.Nodes;
    }
}
