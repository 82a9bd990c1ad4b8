using Lathe.Onnx;
using Lathe.Runtime.Hosting;

namespace Lathe.Cli;

/// <summary>Runs the saved cases of a model whose values no C ABI carries on the host, and compares what they give.</summary>
internal sealed class HostCheck(HostModel model, Tolerance tolerance, CancellationToken cancellation)
{
    /// <summary>How results of the host are marked: they are counted apart from those of compiled code.</summary>
    public const string How = "on the host";

    /// <summary>Where a case differs, one line for each output; empty where it does not.</summary>
    /// <exception cref="DiagnosticException">A step cannot be run, or a file is missing or cannot be read.</exception>
    public Seq<string> Missed(SavedCase saved)
    {
        var inputs = model.Inputs.Select((name, i) => Read(saved.Path("input", i, name) ?? throw new DiagnosticException(new Diagnostic("LT5203", $"{saved.Folder} holds no file for this input", name)), name)).ToList();
        var outputs = model.Run([.. inputs], cancellation);
        var expected = model.Outputs.Select((name, i) => (name, path: saved.Path("output", i, name))).Where(o => o.path is not null).ToList();
        if (expected.Count == 0) return ["the case holds no output to compare with"];
        return [.. from output in expected
                   let missed = Difference(Read(output.path!, output.name), outputs[model.Outputs.ToList().IndexOf(output.name)])
                   where missed != ""
                   select $"{output.name} {missed}"];
    }

    private HostValue Read(string path, string name) => System.IO.Path.GetExtension(path) == ".npy" ? Npy.Read(path).OnHost : model.Read(name, path);

    /// <summary>What two values differ in; empty where they do not.</summary>
    private string Difference(HostValue expected, HostValue actual)
    {
        switch (expected, actual)
        {
            case (HostTensor x, HostTensor y):
                var comparison = tolerance.Compare(x.Tensor, y.Tensor);
                return comparison.Met ? "" : comparison.Difference.Where;
            case (HostText x, HostText y):
                if (!x.Shape.SequenceEqual(y.Shape)) return $"expected {x.Kind}, found {y.Kind}";
                var at = x.Elements.Zip(y.Elements).ToList().FindIndex(p => p.First != p.Second);
                return at < 0 ? "" : $"element {at}: expected \"{x.Elements[at]}\", found \"{y.Elements[at]}\"";
            case (HostSequence x, HostSequence y) when x.Items.Length == y.Items.Length:
                return x.Items.Zip(y.Items, Difference).FirstOrDefault(d => d != "") ?? "";
            case (HostMap x, HostMap y):
                return Difference(x.Keys, y.Keys) is { Length: > 0 } keys ? $"keys: {keys}" : Difference(x.Values, y.Values);
            case (HostAbsent, HostAbsent): return "";
            default: return $"expected {expected.Kind}, found {actual.Kind}";
        }
    }
}
