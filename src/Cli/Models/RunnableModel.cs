namespace Lathe.Cli;

/// <summary>A model that takes tensors and gives tensors, whatever runs it.</summary>
internal abstract class RunnableModel : IDisposable
{
    public abstract IReadOnlyList<Value> Inputs { get; }
    public abstract IReadOnlyList<string> Outputs { get; }

    /// <summary>Extents of outputs as text, over dimensions of inputs; none where that is not known.</summary>
    public virtual IReadOnlyList<Seq<string>> OutputShapes => [];

    protected static IReadOnlyList<Seq<string>> ShapesOf(IEnumerable<Value> outputs) => [.. outputs.Select(v => (Seq<string>)[.. v.Type.Shape.Select(e => e.ToString())])];

    protected static IReadOnlyList<Seq<string>> ShapesOf(Lathe.Runtime.Contract contract) => [.. contract.Outputs.Select(t => (Seq<string>)[.. t.Shape])];

    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit.</exception>
    public abstract Tensor[] Run(IReadOnlyList<Tensor> inputs);

    public virtual void Dispose() { }
}
