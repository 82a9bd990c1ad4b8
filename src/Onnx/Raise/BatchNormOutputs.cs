namespace Lathe.Onnx;

/// <summary>BatchNormalization of opsets 9 to 13: more results than one ask for training.</summary>
internal sealed class BatchNormOutputs : Raise
{
    public override Seq<string> Operators => ["BatchNormalization"];
    public override long First => 9;
    public override long Last => 13;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => node.Outputs.Skip(1).All(o => o == "")
        ? [Newer(node with { Outputs = [node.Outputs[0]] })]
        : throw new TypeException("running statistics as results mean training; export the model for inference");
}
