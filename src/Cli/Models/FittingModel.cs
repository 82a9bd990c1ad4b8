using System.Security.Cryptography;
using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>
/// A model for many inputs of changing shapes: one artifact for all of them where it can be compiled so, else one for each shape that comes,
/// kept for the next of its kind.
/// </summary>
internal sealed class FittingModel : RunnableModel
{
    private readonly Session session;
    private readonly CodeOptions code;
    private readonly string path;
    private readonly RunOptions run;
    private readonly ModelOpener opener;
    private readonly RunnableModel? general;
    private readonly ModelOutline? outline;
    private readonly Dictionary<string, CheckedModel> special = new(StringComparer.Ordinal);

    /// <exception cref="DiagnosticException">It cannot be compiled, and no shape would change that.</exception>
    public FittingModel(Session session, CodeOptions code, string path, RunOptions run)
    {
        (this.session, this.code, this.path, this.run) = (session, code, ModelPath.Resolve(path), run);
        opener = new(session, code);
        try { general = opener.Open(path, run); }
        catch (DiagnosticException) when (!ModelPath.IsArtifact(path) && Path.GetExtension(this.path) == ".onnx" && ModelOutline.Read(this.path) is var read && Specialisation.IsPossible(read)) { outline = read; }
    }

    public override IReadOnlyList<Value> Inputs => general?.Inputs ?? Specialisation.Inputs(outline!);

    /// <summary>As the file orders them.</summary>
    public override IReadOnlyList<string> Outputs => general?.Outputs ?? [.. outline!.Outputs];

    public override IReadOnlyList<Seq<string>> OutputShapes => general?.OutputShapes ?? [.. outline!.OutputDims];

    public override Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        if (general is not null) return general.Run(inputs);
        var key = string.Join(' ', inputs.Select(t => $"{t}{(t.Kind is Scalar.I64 or Scalar.I32 && t.Count <= 64 ? Convert.ToHexString(SHA256.HashData(t.Bytes.Slice(0, t.Kind.Bytes(t.Count)).ToArray<byte>())) : "")}"));
        if (!special.TryGetValue(key, out var model)) special[key] = model = Made(inputs);
        // An input that has become a weight is no longer asked for.
        return model.Runs.Run([.. model.Runs.Inputs.Select(v => inputs[outline!.Inputs.ToList().FindIndex(i => i.Name == v.Name)])]);
    }

    private CheckedModel Made(IReadOnlyList<Tensor> inputs)
    {
        var ways = Specialisation.For(outline!, inputs, code.Dim).ToList();
        foreach (var way in ways.SkipLast(1))
        {
            try { return Special(way); }
            catch (DiagnosticException) { continue; }
        }
        return Special(ways[^1]);

        CheckedModel Special(Specialisation way) => new(session, code with { Dim = way.Dims }, path, run, way.Constants);
    }

    public override void Dispose()
    {
        foreach (var model in special.Values) model.Dispose();
        general?.Dispose();
        opener.Dispose();
    }
}
