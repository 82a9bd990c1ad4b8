namespace Lathe.Cli;

/// <summary>A model run by the interpreter: what every compiled result is compared with.</summary>
internal sealed class ReferenceModel(ModelSource source) : RunnableModel
{
    public override IReadOnlyList<Value> Inputs => source.Inputs;
    public override IReadOnlyList<string> Outputs { get; } = [.. source.Outputs.Select(v => v.Name)];
    public override IReadOnlyList<Seq<string>> OutputShapes => ShapesOf(source.Outputs);
    public override Tensor[] Run(IReadOnlyList<Tensor> inputs) => source.Module.Graph is { } graph ? Interpreter.Run(graph, inputs) : Interpreter.Run(source.Module.MustBeProgram, inputs);
}
