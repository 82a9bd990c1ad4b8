namespace Lathe.Cli;

/// <summary>A graph run by the interpreter: what every compiled result is compared with.</summary>
internal sealed class ReferenceModel(Graph graph) : RunnableModel
{
    public override IReadOnlyList<Value> Inputs => graph.Inputs;
    public override IReadOnlyList<string> Outputs { get; } = [.. graph.Outputs.Select(v => v.Name)];
    public override Tensor[] Run(IReadOnlyList<Tensor> inputs) => Interpreter.Run(graph, inputs);
}
