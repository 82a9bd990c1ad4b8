namespace Lathe.Onnx;

/// <summary>An operator that models may use.</summary>
/// <param name="Domain">ai.onnx for the standard operators.</param>
/// <param name="Runs">native, host, or native and host: on text and sequences of unknown length it is the host's.</param>
/// <param name="Record">The operator of the IR that it is; null where it is said with others.</param>
/// <param name="Source">The type that says what it is.</param>
public sealed record OperatorEntry(string Domain, string Name, string Runs, Type? Record, Type Source);

/// <summary>Every operator that can be read, found by reflection.</summary>
public static class OperatorList
{
    /// <summary>In ordinal order of domains and names.</summary>
    public static Seq<OperatorEntry> All { get; } = [.. Find().OrderBy(e => e.Domain, StringComparer.Ordinal).ThenBy(e => e.Name, StringComparer.Ordinal)];

    private static IEnumerable<OperatorEntry> Find()
    {
        var host = HostOp.List.ToDictionary(h => (h.Domain, h.Operator), h => h.Carries);
        var entries = new Dictionary<(string Domain, string Name), OperatorEntry>();
        void Add(string domain, string name, Type? record, Type source)
        {
            var runs = ListValues.Knows(OnnxNode.Of(name, [], []) with { Domain = domain }) || host.TryGetValue((domain, name), out var carries) && carries is null && name is not ("If" or "Loop" or "Constant") ? "native and host" : "native";
            entries.TryAdd((domain, name), new(Opsets.Show(domain), name, runs, record, source));
        }
        foreach (var raise in Raise.Every.Where(r => r.First <= Opsets.Newest && r.Last >= Opsets.Newest))
            foreach (var (domain, name) in raise.Domains.SelectMany(d => raise.Operators, (d, o) => (d, o))) Add(domain, name, null, raise.GetType());
        foreach (var record in Operators.All.Where(t => t != typeof(Ir.Ops.TreeEnsemble))) Add("", record.Name, record, record);
        Add("", "Constant", null, typeof(ConstantNode));
        foreach (var raise in Raise.Every) foreach (var (domain, name) in raise.Domains.SelectMany(d => raise.Operators, (d, o) => (d, o))) Add(domain, name, null, raise.GetType());
        foreach (var name in HostOp.List.Where(h => ListValues.Knows(OnnxNode.Of(h.Operator, [], []) with { Domain = h.Domain })).Select(h => h.Operator)) Add("", name, null, typeof(ListValues));
        foreach (var (domain, name, _) in HostOp.List) entries.TryAdd((domain, name), new(Opsets.Show(domain), name, "host", null, HostOp.Find(domain, name)!.GetType()));
        return entries.Values;
    }

    /// <summary>Operators of ONNX that are not read, and why.</summary>
    public static Seq<(string Domain, string Name, string Reason)> Left { get; } =
    [
        ("ai.onnx.ml", "CastMap", "maps: values of no tensor type, made by dictionaries of features"),
        ("ai.onnx.ml", "DictVectorizer", "maps: values of no tensor type, made by dictionaries of features"),
        ("ai.onnx.ml", "SVMClassifier", "not written yet"),
        ("ai.onnx.ml", "SVMRegressor", "not written yet"),
        ("ai.onnx.ml", "ZipMap", "maps: values of no tensor type; leave it out of the model (zipmap=False in sklearn-onnx)"),
        ("ai.onnx.preview.training", "Adagrad", "training"),
        ("ai.onnx.preview.training", "Adam", "training"),
        ("ai.onnx.preview.training", "Gradient", "training"),
        ("ai.onnx.preview.training", "Momentum", "training"),
    ];
}
